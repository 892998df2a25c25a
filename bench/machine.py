"""What was measured on, as far as a reader needs to know."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime

from playwright.sync_api import sync_playwright

from bench.chromium import launch


def described() -> str:
    """Return the date and the kind of machine in one line."""
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {platform.system()} with {os.cpu_count()} cores, Python {platform.python_version()}"


def browser() -> str:
    """Return the browser's name and version."""
    with sync_playwright() as running, launch(running) as found:
        return f"Chromium {found.version}"
