"""Both themes, calm motion, and every width from 320 pixels on."""

import pytest
from playwright.sync_api import expect

from account import Account, fresh
from company import Company
from person import Person

WIDTHS = (320, 768, 1280)
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikantenverband" * 4

MOVING = """() => document.getAnimations()
  .filter((animation) => animation.playState === "running")
  .map((animation) => animation.effect.getComputedTiming())
  .filter((timing) => timing.activeDuration > 1)
  .length"""


@pytest.fixture(scope="module")
def ada(everyone: Company, host: Account) -> Person:
    """Somebody in a room with something to look at."""
    host.say("hello", LONG, "one\ntwo", f"https://example.org/{LONG}")
    return everyone.member("Ada")


def darkness(person: Person) -> float:
    """Return how dark the page's ground is, from 0 for white to 1 for black."""
    red, green, blue = person.page.evaluate(
        """() => {
          let element = document.querySelector("#timeline");
          const ground = () => getComputedStyle(element).backgroundColor;
          while (ground() === "rgba(0, 0, 0, 0)") element = element.parentElement;
          const context = new OffscreenCanvas(1, 1).getContext("2d");
          context.fillStyle = ground();
          context.fillRect(0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }"""
    )
    return float(1 - (red + green + blue) / 3 / 255)


def test_the_theme_is_that_of_the_system(ada: Person) -> None:
    ada.page.emulate_media(color_scheme="light")
    assert darkness(ada) < 0.2
    ada.page.emulate_media(color_scheme="dark")
    assert darkness(ada) > 0.7
    ada.page.emulate_media(color_scheme="no-preference")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_the_chat_is_cut_off(ada: Person, width: int) -> None:
    ada.page.set_viewport_size({"width": width, "height": 720})
    no_wider_than_the_screen(ada)
    expect(ada.composer).to_be_in_viewport(ratio=1)
    expect(ada.line).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_rooms_are_behind_a_button(ada: Person) -> None:
    ada.page.set_viewport_size({"width": 320, "height": 640})
    room = fresh("tea")
    opener = ada.page.get_by_role("button", name=ada.words("side.open"), exact=True)
    opener.click()
    ada.make_room(room)
    opener.click()
    ada.go_to("general")
    expect(ada.composer).to_be_in_viewport(ratio=1)
    opener.click()
    ada.page.keyboard.press("Escape")
    expect(ada.room_link("general")).not_to_be_in_viewport()
    ada.page.set_viewport_size({"width": 1280, "height": 720})


def test_nothing_moves_for_one_who_wants_it_calm(ada: Person) -> None:
    ada.page.emulate_media(reduced_motion="reduce")
    ada.page.reload()
    assert ada.page.evaluate(MOVING) == 0
    ada.is_in()
    ada.say("calm")
    assert ada.page.evaluate(MOVING) == 0
    ada.page.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["login", "register"])
def test_nothing_of_the_door_is_cut_off(guests: Company, language: str, kind: str) -> None:
    passer = guests.person("Passer", language=language, java_script_enabled=False)
    passer.watch.tolerates("preloaded using link preload but not used")
    passer.page.goto(f"/#{kind}")
    for width in WIDTHS:
        passer.page.set_viewport_size({"width": width, "height": 720})
        expect(passer.form(kind)).to_be_visible()
        no_wider_than_the_screen(passer)


def no_wider_than_the_screen(person: Person) -> None:
    """Nothing makes the page scroll sideways."""
    too_wide = person.page.evaluate(
        """() => [document.documentElement, document.querySelector("#timeline")]
          .filter((element) => element.scrollWidth > element.clientWidth)
          .map((element) => element.id || element.tagName)"""
    )
    assert too_wide == []
