"""Makes the pictures that are kept: docs/chat.png for the README, and the icons in other formats than SVG.

Run as a command: ``.venv/bin/python playwright/pictures.py``. A real server, real pages, and a talk that took a while.
"""

import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from account import GENERAL, PASSWORD, Account  # noqa: E402 - run as a command, the root is not on the path before
from browser import arguments, find  # noqa: E402
from tests.support.running import RunningServer  # noqa: E402

START = 120_000
"""Milliseconds that Python may take to start on a busy machine."""

TALK = (
    ("Grace Hopper", 74, "Did anyone see the server go down just now?"),
    ("Évariste Galois", 71, "That was me, restarting it. Every time I save a file it is gone for a blink."),
    ("Évariste Galois", 71, "But look: everybody was back before I had noticed."),
    ("Ada Lovelace", 66, "I had not even stopped typing. Where did my sentence go?"),
    ("Grace Hopper", 65, "It is up there. Once, and in the right place."),
    ("نور", 20, "مرحبا! كتبت لكم من القطار، داخل النفق 🚄"),
    ("Ada Lovelace", 19, "All three of your messages are here, in order. You wrote the last one in the tunnel:"),
    ("Ada Lovelace", 19, "- no gap\n- no double\n- and nobody pressed reload"),
    ("Évariste Galois", 4, "So: one socket, one interval, and clearInterval when it is live."),
    ("Ada Lovelace", 2, "That is the whole trick. The rest is Python."),
)
"""Who says what, and how many minutes ago."""

ROOMS = ("Atelier Python", "physics and maths", "sons & musique")


def main() -> int:
    """Make all pictures. Returns the exit status."""
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(find(running)), args=arguments())
        chat(browser, ROOT / "docs" / "chat.png")
        icons(browser, ROOT / "web" / "icons")
        browser.close()
    return 0


def chat(browser: Browser, path: Path) -> None:
    """Picture the chat as Ada sees it."""
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder)) as server:
        people = {name: Account(server, name, "register") for name in sorted({who for who, _, _ in TALK})}
        for name, _, text in TALK:
            people[name].say(text)
        for room in ROOMS:
            own = {"authorization": f"Bearer {people['Ada Lovelace'].token}"}
            httpx.post(f"{server.url}/api/rooms", json={"name": room}, headers=own).raise_for_status()
        server.stop()
        spread(server.database)
        server.start()
        context = browser.new_context(
            base_url=server.url,
            locale="en-GB",
            viewport={"width": 1180, "height": 760},
            device_scale_factor=2,
            color_scheme="light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto("/")
        page.locator("#login-name").fill("Ada Lovelace")
        page.locator("#login-password").fill(PASSWORD)
        expect(page.locator("html")).to_have_attribute("data-ready", "", timeout=START)
        page.locator("#login").get_by_role("button").click()
        expect(page.locator("html")).to_have_attribute("data-link", "live", timeout=START)
        expect(page.locator(".message")).to_have_count(len(TALK))
        page.wait_for_load_state("networkidle")
        page.screenshot(path=path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")
        context.close()


def spread(database: Path) -> None:
    """Let the talk have taken its time."""
    now = int(time.time() * 1_000)
    with sqlite3.connect(database) as connection:
        for seq, (_, minutes, _) in enumerate(TALK, 1):
            at = now - minutes * 60_000
            connection.execute("UPDATE message SET at = ? WHERE room = ? AND seq = ?", (at, GENERAL, seq))
    connection.close()


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
