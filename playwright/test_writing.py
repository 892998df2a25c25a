"""The composer and what becomes of what is typed: text, and nothing but text."""

import pytest
from playwright.sync_api import expect

from account import fresh
from company import Company
from person import Person

STRANGE = [
    "<script>document.title = 'run'</script>",
    "<img src=x onerror=\"document.title = 'run'\">",
    "&lt;b&gt; &amp; &#128512; stay as they are typed",
    "javascript:alert(1) [x](javascript:alert(1)) {{t:door.name}} ${1+1} %s {name}",
    "שלום עולם, a bit of both, 123",
    "👩‍👩‍👧‍👦 🇫🇷 👍🏽 e\u0301",
    "  two  spaces,\ttab  ",
    "one\ntwo\n\nfour",
]


@pytest.fixture(scope="module")
def writer(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


@pytest.fixture
def ada(writer: Person) -> Person:
    """Somebody in an empty room."""
    writer.make_room(fresh("paper"))
    writer.reads()
    return writer


@pytest.mark.parametrize("text", STRANGE)
def test_what_is_typed_is_what_is_shown(ada: Person, text: str) -> None:
    ada.say(text)
    expect(ada.texts).to_have_count(1)
    assert ada.texts.first.evaluate("element => element.textContent") == text
    assert ada.texts.locator("*").count() == 0
    assert "run" not in ada.page.title()


def test_strange_text_is_the_same_to_others_and_after_a_reload(ada: Person) -> None:
    for text in STRANGE:
        ada.say(text)
    ada.reload()
    ada.is_in()
    expect(ada.texts).to_have_count(len(STRANGE))
    assert ada.texts.evaluate_all("all => all.map((one) => one.textContent)") == STRANGE
    assert "run" not in ada.page.title()


def test_markdown_is_shown_as_what_it_means(ada: Person) -> None:
    ada.say(
        "**bold**, _it_, `code`, https://example.org/a_b. [here](https://example.org)\n"
        "- one\n- two\n\n```py\nx = 1\n```"
    )
    shown = ada.texts.first
    expect(shown.locator("strong")).to_have_text("bold")
    expect(shown.locator("em")).to_have_text("it")
    expect(shown.get_by_role("listitem")).to_have_text(["one", "two"])
    expect(shown.locator("pre code")).to_have_text("x = 1")
    links = shown.get_by_role("link")
    expect(links).to_have_text(["https://example.org/a_b", "here"])
    assert links.evaluate_all("all => all.map((one) => [one.href, one.target, one.rel])") == [
        ["https://example.org/a_b", "_blank", "noopener noreferrer nofollow"],
        ["https://example.org/", "_blank", "noopener noreferrer nofollow"],
    ]


def test_text_from_right_to_left_stands_at_the_right(ada: Person) -> None:
    ada.say("שלום")
    ada.say("hello")
    assert ada.texts.evaluate_all("all => all.map((one) => getComputedStyle(one).direction)") == ["rtl", "ltr"]


def test_enter_sends_and_shift_enter_breaks_the_line(ada: Person) -> None:
    ada.composer.press_sequentially("one")
    ada.composer.press("Shift+Enter")
    ada.composer.press_sequentially("two")
    expect(ada.composer).to_have_value("one\ntwo")
    ada.reads()
    ada.composer.press("Enter")
    expect(ada.composer).to_have_value("")
    expect(ada.texts).to_have_count(1)
    assert ada.texts.first.evaluate("element => element.textContent") == "one\ntwo"
    lines = ada.texts.first.evaluate(
        "e => e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight)"
    )
    assert round(lines) == 2


def test_the_button_sends_and_gives_the_focus_back(ada: Person) -> None:
    ada.composer.fill("by the button")
    ada.page.get_by_role("button", name=ada.words("composer.send"), exact=True).click()
    ada.reads("by the button")
    expect(ada.composer).to_have_value("")
    expect(ada.composer).to_be_focused()


def test_enter_does_not_send_while_an_input_method_composes(ada: Person) -> None:
    ada.composer.focus()
    keyboard = ada.context.new_cdp_session(ada.page)
    keyboard.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    expect(ada.composer).to_have_value("にほん")
    seen = ada.page.evaluate_handle(
        "() => { const seen = []; addEventListener('keydown', (e) => seen.push(e.isComposing), true); return seen; }"
    )
    # The Enter that picks a word: the input method keeps the character for itself.
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    assert seen.json_value() == [True]
    keyboard.send("Input.insertText", {"text": "日本"})
    expect(ada.composer).to_have_value("日本")
    ada.reads()
    ada.composer.press("Enter")
    ada.reads("日本")


def test_enter_that_ends_a_composition_in_safari_does_not_send(ada: Person) -> None:
    """There the composition is over before its Enter is told, which has the key code of a key that was taken."""
    ada.composer.fill("日本")
    ada.composer.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": False, "bubbles": True})
    expect(ada.composer).to_have_value("日本")
    ada.composer.fill("")
    ada.reads()


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_not_sent(ada: Person, text: str) -> None:
    ada.composer.fill(text)
    ada.composer.press("Enter")
    # It says that it is disabled; a finger may touch it all the same.
    ada.page.get_by_role("button", name=ada.words("composer.send"), exact=True).click(force=True)
    ada.say("something")
    ada.reads("something")


def test_a_text_of_4000_characters_is_sent_and_one_more_is_said_to_be_too_long(ada: Person) -> None:
    ada.composer.fill("é" * 4_001)
    expect(ada.page.get_by_text(ada.words("composer.count", n="4,001", limit="4,000"))).to_be_visible()
    ada.composer.press("Enter")
    expect(ada.page.get_by_role("alert").filter(has_text=ada.words("problem.text_too_long"))).to_be_visible()
    expect(ada.composer).to_have_value("é" * 4_001)
    ada.composer.fill("é" * 4_000)
    ada.composer.press("Enter")
    ada.reads("é" * 4_000)


def test_a_message_is_shown_at_once_and_marked_until_the_server_has_it(ada: Person) -> None:
    ada.watch.tolerates("ERR_")
    ada.context.set_offline(True)
    ada.is_lost()
    ada.say("on its way")
    message = ada.message("on its way")
    expect(message).to_contain_text(ada.words("message.queued"))
    expect(ada.line).to_contain_text(ada.words("line.queued.one", n=1))
    ada.context.set_offline(False)
    expect(message).not_to_contain_text(ada.words("message.queued"))
    ada.reads("on its way")
    ada.is_live()


def test_a_draft_belongs_to_its_room_and_outlives_a_reload(ada: Person) -> None:
    ada.composer.fill("not yet")
    ada.go_to("general")
    expect(ada.composer).to_have_value("")
    ada.page.go_back()
    expect(ada.composer).to_have_value("not yet")
    ada.reload()
    ada.is_in()
    expect(ada.composer).to_have_value("not yet")
    ada.composer.fill("")
