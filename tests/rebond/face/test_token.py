"""How a program gives a link its tokens: whatever its provider does, the link has its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import pytest

from rebond import events
from rebond.face import token as module
from rebond.face.token import Renewal, Token, TokenProvider, Unavailable, provider_of


class Desk:
    """A renewal, and what came of it."""

    def __init__(self, provider: str | TokenProvider) -> None:
        self.fed: list[events.Event] = []
        self.reported: list[Exception | None] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.renewal = Renewal(provider_of(provider), self.fed.append, self._spawn, self._report)

    async def ask(self) -> events.Event:
        """Ask once; return the answer."""
        self.renewal.ask()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        return self.fed[-1]

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        self.tasks.append(asyncio.ensure_future(work))
        return self.tasks[-1]

    def _report(self, message: str, error: Exception | None = None) -> None:
        self.reported.append(error)


def raises(error: BaseException) -> TokenProvider:
    async def provider() -> Token | None:
        raise error

    return provider


def gives(token: Token | str | None) -> TokenProvider:
    async def provider() -> Token | str | None:
        return token

    return provider


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        (gives(Token("a", 900.0)), events.TokenRenewed("a", 900.0)),
        (gives("a"), events.TokenRenewed("a")),
        (gives(None), events.TokenRefused()),
        (raises(Unavailable("busy", 1_500)), events.TokenFailed(1_500)),
        (raises(ConnectionResetError()), events.TokenFailed()),
        (raises(KeyError("token")), events.TokenFailed()),
        (raises(asyncio.CancelledError()), events.TokenFailed()),
    ],
)
async def test_every_end_of_a_provider_is_an_answer(provider: TokenProvider, answer: events.Event) -> None:
    assert await Desk(provider).ask() == answer


async def test_a_mistake_in_the_provider_is_reported() -> None:
    desk = Desk(raises(KeyError("token")))
    await desk.ask()
    assert [type(error) for error in desk.reported] == [KeyError]


async def test_a_provider_that_never_returns_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.0)

    async def provider() -> Token | None:
        await asyncio.Future()
        return None

    assert await Desk(provider).ask() == events.TokenFailed()


async def test_a_known_token_is_not_offered_again_once_refused() -> None:
    desk = Desk("secret")
    assert await desk.ask() == events.TokenRenewed("secret")
    assert await desk.ask() == events.TokenRefused()


async def test_one_question_at_a_time() -> None:
    desk = Desk(gives("a"))
    desk.renewal.ask()
    await desk.ask()
    assert len(desk.tasks) == 1
    assert desk.fed == [events.TokenRenewed("a")]


async def test_an_answer_that_is_not_wanted_any_more_is_dropped() -> None:
    desk = Desk(gives("a"))
    desk.renewal.ask()
    desk.renewal.cancel()
    desk.renewal.cancel()
    assert desk.fed == [events.TokenFailed()]
    await asyncio.gather(*desk.tasks, return_exceptions=True)
    assert desk.fed == [events.TokenFailed()]
    assert await desk.ask() == events.TokenRenewed("a")
