"""The browser that is measured in: the one the browser tests drive."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).parents[1]
WATCH = Path(__file__).parent / "pages" / "watch.js"


def launch(running: Playwright) -> Browser:
    """Start Chromium, brought in first where there is none. Raises CalledProcessError if that does not work."""
    folder = ROOT / "playwright"
    subprocess.run([sys.executable, str(folder / "browser.py")], check=True, stdout=sys.stderr)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    from browser import arguments, find

    return running.chromium.launch(executable_path=str(find(running)), args=arguments())


def watched_page(browser: Browser) -> Page:
    """Open a page that notes when its client is live (pages/watch.js), in a process that it shares with no other.

    A profile of its own sees to that: Chromium slows WebSocket handshakes down by process, and the clients must not
    pay for each other's failures.
    """
    page = browser.new_context(locale="en").new_page()
    page.add_init_script(path=WATCH)
    return page
