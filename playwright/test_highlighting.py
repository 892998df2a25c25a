"""Code in messages gets colours once it is seen, and stays as it was written."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Request, expect

from account import GENERAL, Account
from axe import violations
from company import Company
from person import Person

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ARCHIVE = re.compile(r"/static/code\.\w+\.zip")
CODE = {
    "py": '@d\ndef f(x: int) -> None:\n    return "é" + 1  # end',
    "html": '<a href="x" onclick="alert(1)">y</a>\n<script>alert(2)</script><!-- end -->',
    "swift": 'func f() { let x = "x" } // end',
    "php": '$x = "a"; // end',
    "sql": "SELECT a, 1 FROM b -- end",
    "diff": "-old\n+new",
}


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


def fenced(name: str, text: str) -> str:
    return f"```{name}\n{text}\n```"


def test_code_is_coloured_and_nothing_of_it_is_changed(ada: Person, host: Account) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if ARCHIVE.search(request.url):
            asked.append(request.url)

    ada.page.on("request", note)
    host.say("no code", fenced("klingon", "nuqneH"), room=GENERAL)
    expect(ada.timeline.locator("pre[data-language=klingon]")).to_be_visible()
    assert asked == [], "what nobody needs is not fetched"
    host.say(*(fenced(name, text) for name, text in CODE.items()), room=GENERAL)
    for name, text in CODE.items():
        block = ada.timeline.locator(f"pre[data-language={name}]")
        block.scroll_into_view_if_needed()
        expect(block).to_have_attribute("data-coloured", "yes")
        assert block.locator("code").text_content() == text
        assert block.locator("code span").count() > 1
    assert len(asked) == 1
    expect(ada.timeline.locator(".code-keyword").get_by_text("def", exact=True)).to_be_visible()
    expect(ada.timeline.locator("pre[data-language=klingon] span")).to_have_count(0)
    for theme in THEMES:
        ada.page.emulate_media(color_scheme=theme)
        assert violations(ada.page) == []


def test_where_the_colours_do_not_arrive_the_code_is_there_and_the_next_tries_again(
    guests: Company, host: Account
) -> None:
    bob = guests.person("Bob")
    bob.watch.tolerates("status of 503")
    bob.page.route(ARCHIVE, lambda route: route.fulfill(status=503))  # from the first: there may be code everywhere
    guests.let_in(bob, "register")
    bob.open()
    bob.is_in()
    room, name = host.make_room("code")
    bob.join(name)
    host.say(fenced("py", "x = 1"), room=room)
    block = bob.timeline.locator("pre[data-language=py]")
    expect(block).to_have_attribute("data-coloured", "no")
    expect(block).to_have_text("x = 1")
    assert block.locator("span").count() == 0
    bob.page.unroute(ARCHIVE)
    host.say(fenced("go", "package main"), room=room)
    expect(bob.timeline.locator("pre[data-language=go]")).to_have_attribute("data-coloured", "yes")
