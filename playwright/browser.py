"""The Chromium that the browser tests drive: found, or brought in where the system lets us.

Playwright's own where it is installed, else the system's, else Debian's package when we may install it.
CHROMIUM names another one. Run as a command, it sees to it that there is one and prints which.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable")
APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
ADVICE = (
    "no browser for the tests. Install Chromium (on Debian: apt-get install chromium), or Playwright's own "
    "(.venv/bin/playwright install chromium), or set CHROMIUM to the path of one."
)


class BrowserMissingError(Exception):
    """No Chromium here; the message says what to do."""


def arguments() -> list[str]:
    """What to start Chromium with: nothing that calls home, and no sandbox where it refuses one (as root)."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return [*quiet, "--no-sandbox"] if is_root() else quiet


def hurried() -> list[str]:
    """What to start it with where nothing is measured: Python's core is compiled once, and nowhere optimized.

    The optimizing compiler takes a quarter of the processor's time of every opening of a page, and tests open hundreds.
    """
    return [*arguments(), "--js-flags=--liftoff-only"]


def find(running: Playwright | None = None) -> Path:
    """The browser's executable; `running` spares starting Playwright anew to ask for its own.

    Raises BrowserMissingError when there is none.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise BrowserMissingError(f"CHROMIUM names {named}, which is no file.")
        return Path(named)
    candidates = [
        playwrights_own(running),
        *(Path(found) for name in NAMES if (found := shutil.which(name))),
        *APPLICATIONS,
    ]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise BrowserMissingError(ADVICE)


def playwrights_own(running: Playwright | None) -> Path:
    """Where Playwright puts its Chromium, whether it is there or not."""
    if running is not None:
        return Path(running.chromium.executable_path)
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def install(package: str = "chromium", advice: str = ADVICE) -> None:
    """Install a package of Debian's. Raises BrowserMissingError where that is not Debian or not for us to do."""
    if shutil.which("apt-get") is None or not (is_root() or may_sudo()):
        raise BrowserMissingError(advice)
    prefix = [] if is_root() else ["sudo", "-n"]
    print(f"What the tests need is not here: installing Debian's {package} …", flush=True)
    apt = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-y",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]
    for command in ([*apt, "update"], [*apt, "install", "--no-install-recommends", package]):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            print(done.stdout, file=sys.stderr)
            raise BrowserMissingError(f"Debian's {package} could not be installed, see above: {advice}")


def is_root() -> bool:
    return os.geteuid() == 0


def may_sudo() -> bool:
    """Whether sudo works without a password."""
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def main() -> int:
    """Find a browser, or install one. Returns the exit status."""
    try:
        try:
            found = find()
        except BrowserMissingError:
            if os.environ.get("CHROMIUM"):
                raise
            install()
            found = find()
    except BrowserMissingError as error:
        print(f"rebond: {error}", file=sys.stderr)
        return 1
    print(f"The browser of the tests: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
