"""Makes the picture of the README, docs/chat.png: two people talking in the real page, with a real server."""

import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, expect, sync_playwright

from browser import arguments, find
from person import Person
from tests.support.running import RunningServer
from watch import Watch
from words import Words

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "chat.png"
SIZE = ViewportSize(width=1120, height=640)

TALK = (
    ("Grace", "The train leaves the tunnel in a minute. Can you still read me?"),
    ("Ada", "Every word, and in the order you typed them."),
    ("Grace", "I closed the laptop in the middle of a sentence back there."),
    ("Grace", "It sent the rest by itself when I opened it again. 🚄"),
    ("Ada", "And I restarted the server twice meanwhile. Did you notice?"),
    ("Grace", "Only by the little line down there. It said so, and then it said it was back."),
)


def take() -> None:
    """Play the talk, and write the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = RunningServer(Path(folder)).start()
        browser = playwright.chromium.launch(executable_path=str(find(playwright)), args=arguments())
        try:
            people = {}
            for name in ("Grace", "Ada"):
                context = browser.new_context(
                    base_url=server.url, locale="en-GB", color_scheme="light", viewport=SIZE, timezone_id="Europe/Paris"
                )
                watch = Watch(server.url)
                watch.listen(context)
                person = people[name] = Person(context, watch, Words("en"), name)
                person.open()
                person.register()
                person.is_in()
            for name, text in TALK:
                people[name].composer.fill(text)
                people[name].composer.press("Enter")
                for person in people.values():
                    expect(person.timeline.get_by_text(text)).to_be_visible()
            people["Ada"].page.screenshot(path=PICTURE)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    take()
    print(f"The picture is in {PICTURE.relative_to(Path.cwd())}")
