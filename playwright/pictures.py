"""Makes the pictures that are kept: docs/chat.png for the README, and the icons in other formats than SVG.

Run as a command: ``.venv/bin/python playwright/pictures.py``. A real server, real pages, and the place of scene.py.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from account import GENERAL, PASSWORD  # noqa: E402 - run as a command, the root is not on the path before
from browser import arguments, find  # noqa: E402
from chat.people import Person  # noqa: E402
from scene import ADA, GRACE, PEOPLE, TALK, Scene  # noqa: E402
from tests.support.running import RunningServer  # noqa: E402

START = 120_000
"""Milliseconds that Python may take to start on a busy machine."""


def main() -> int:
    """Make all pictures. Returns the exit status."""
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(find(running)), args=arguments())
        chat(browser, ROOT / "docs" / "chat.png")
        icons(browser, ROOT / "web" / "icons")
        browser.close()
    return 0


def chat(browser: Browser, path: Path) -> None:
    """Picture the chat as Ada sees it, while somebody else is there and types."""
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder)) as server:
        scene = Scene(server, trying=False)
        if len({Person(each.id, each.name).hue for each in scene.people.values()}) < len(PEOPLE):
            print("Two people got the same colour by chance: once more.")
            chat(browser, path)
            return
        scene.people[ADA].read(GENERAL)
        server.stop()
        scene.spread()
        server.start()
        page = enter(browser, server, ADA)
        grace = enter(browser, server, GRACE)
        expect(page.locator(".message")).to_have_count(len(TALK))
        grace.locator("#composer-text").press_sequentially("I")
        expect(page.locator("#typists")).to_be_visible()
        expect(page.locator("#directs .face[data-here=online]")).to_be_visible()
        page.mouse.move(0, 0)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")
        page.context.close()
        grace.context.close()


def enter(browser: Browser, server: RunningServer, name: str) -> Page:
    """Return the page of somebody who has come in."""
    context = browser.new_context(
        base_url=server.url,
        locale="en-GB",
        viewport={"width": 1180, "height": 820},
        device_scale_factor=2,
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/")
    page.locator("#login-name").fill(name)
    page.locator("#login-password").fill(PASSWORD)
    expect(page.locator("html")).to_have_attribute("data-ready", "", timeout=START)
    page.locator("#login").get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("data-link", "live", timeout=START)
    return page


def icons(browser: Browser, folder: Path) -> None:
    """Draw icon.svg in the sizes that want pixels."""
    drawn = (folder / "icon.svg").read_text("utf-8")
    # Apple rounds the corners itself; a maskable icon keeps what matters within the inner four fifths.
    square = drawn.replace(' rx="15"', "")
    masked = square.replace('viewBox="0 0 64 64"', 'viewBox="-8 -8 80 80"').replace(
        '<rect width="64" height="64"', '<rect x="-8" y="-8" width="80" height="80"'
    )
    page = browser.new_page()
    for name, source, size in (
        ("icon-180", square, 180),
        ("icon-192", drawn, 192),
        ("icon-512", drawn, 512),
        ("icon-maskable-512", masked, 512),
    ):
        draw(page, source, size, folder / f"{name}.png")
    page.close()


def draw(page: Page, svg: str, size: int, path: Path) -> None:
    """Draw an SVG as wide and high as ``size`` pixels."""
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        f"<style>body {{ margin: 0 }} svg {{ display: block; width: {size}px; height: {size}px }}</style>{svg}"
    )
    page.screenshot(path=path, omit_background=True)


if __name__ == "__main__":
    sys.exit(main())
