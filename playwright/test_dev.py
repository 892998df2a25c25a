"""`make dev`: a module of the page is saved, and the page that is open shows it."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from company import Company
from person import START
from tests.support.running import RunningServer
from watch import OUTAGE

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120.0
"""Seconds for the first build of a copy, where a machine is busy with other tests."""

BEFORE = '    """Bring the page to life."""\n'
AFTER = f'{BEFORE}    js.document.documentElement.dataset.saved = "yes"\n'


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what is served, and of what serves it. What is installed is shared."""
    root = tmp_path / "copy"
    ignored = shutil.ignore_patterns("dist", "node_modules", "__pycache__")
    for name in ("server", "web"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    (root / "web" / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    return root


@pytest.fixture
def developing(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """Return a server of the copy that starts anew what a saved file concerns."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(copy), str(copy / "web" / "py")]))
    server = RunningServer(tmp_path)
    server.patience = PATIENCE
    # -P: not from the directory that the tests run in.
    server.command = [sys.executable, "-P", "-c", "import sys; from server.dev import dev; sys.exit(dev())"]
    with server:
        yield server


def test_a_module_of_the_page_is_shown_once_it_is_saved(
    browser: Browser, developing: RunningServer, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = copy / "web" / "py" / "chat" / "main.py"
    with Company(browser, developing) as company:
        ada = company.member("Ada")
        ada.watch.tolerates(OUTAGE)
        expect(ada.html).not_to_have_attribute("data-saved", "yes")
        source = module.read_text()
        assert source.count(BEFORE) == 1
        saved = time.perf_counter()
        module.write_text(source.replace(BEFORE, AFTER).replace("import time\n", "import time\n\nimport js\n", 1))
        expect(ada.html).to_have_attribute("data-saved", "yes", timeout=START)
        shown = time.perf_counter()
        ada.is_in()
    with capsys.disabled():
        print(f"\n  make dev: a changed module of the page was shown after {shown - saved:.1f} s")
