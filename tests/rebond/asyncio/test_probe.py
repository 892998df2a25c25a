"""The question whether the server is there, against servers that answer all sorts of things."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from rebond import events
from rebond.asyncio import Link
from rebond.asyncio.address import address
from rebond.asyncio.probe import MAX_BODY, Probe
from tests.support.plain import PlainServer
from tests.support.ports import free_port
from tests.support.running import PATIENCE

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""A key and a certificate for 127.0.0.1, of no use but for these tests."""


async def ask(port: int, context: ssl.SSLContext | None = None) -> events.Event:
    """Ask once, as attempt 5."""
    answers: asyncio.Queue[events.Event] = asyncio.Queue()
    scheme = "http" if context is None else "https"
    probe = Probe(address(f"{scheme}://127.0.0.1:{port}/alive?x=1"), context, answers.put_nowait, asyncio.ensure_future)
    probe.send(5)
    async with asyncio.timeout(PATIENCE):
        return await answers.get()


async def ask_one_who_says(answer: bytes) -> tuple[events.Event, bytes]:
    """Ask a server that answers so; return what that means, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        return await ask(port), asked[0].replace(str(port).encode(), b"PORT")


def json(body: bytes, status: bytes = b"200 OK", length: int | None = None) -> bytes:
    """Return an answer in JSON."""
    told = str(len(body) if length is None else length).encode()
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s" % (status, told, body)


async def test_it_asks_as_http_wants_to_be_asked() -> None:
    _, asked = await ask_one_who_says(json(b"{}"))
    assert asked == (
        b"GET /alive?x=1 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUser-Agent: rebond\r\n"
        b"Accept: application/json\r\nConnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (json(b'{"window_ms": 500}'), events.ProbeAnswered(5, 500)),
        (json(b'{"error": {"retry_ms": 70}}', b"503 Busy"), events.ProbeFailed(5, busy=True, retry_ms=70)),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<h1>", events.ProbeFailed(5)),
        (b"HTTP/1.0 404\r\n\r\n", events.ProbeAnswered(5)),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n{", events.ProbeAnswered(5)),
        (json(b"x" * (MAX_BODY + 1)), events.ProbeAnswered(5)),
        (json(b"{", length=-1), events.ProbeAnswered(5)),
        # What is no answer in HTTP.
        (b"", events.ProbeFailed(5)),
        (b"\r\n", events.ProbeFailed(5)),
        (b"SSH-2.0-OpenSSH_9.2\r\n", events.ProbeFailed(5)),
        (b"SSH-2.0-OpenSSH_9.2 200 hello\r\n\r\n", events.ProbeFailed(5)),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", events.ProbeFailed(5)),
        (b"HTTP/1.1 200 OK\r\nContent-Type", events.ProbeFailed(5)),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n", events.ProbeFailed(5)),
        (b"x" * 100_000, events.ProbeFailed(5)),
        (json(b"{", length=50), events.ProbeFailed(5)),
        (json(b"\xff\xff"), events.ProbeFailed(5)),
    ],
)
async def test_every_answer_has_a_meaning(answer: bytes, meaning: events.Event) -> None:
    assert (await ask_one_who_says(answer))[0] == meaning


async def test_where_nobody_listens_nobody_is() -> None:
    assert await ask(free_port()) == events.ProbeFailed(5)


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """Return a client's TLS that knows the certificate of these tests."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture
def serving() -> ssl.SSLContext:
    """Return a server's TLS with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_it_asks_over_tls(trusting: ssl.SSLContext, serving: ssl.SSLContext) -> None:
    async with PlainServer(context=serving) as server:
        assert await ask(server.port, trusting) == events.ProbeAnswered(5)
        assert server.probed == 1


async def test_it_does_not_trust_whom_the_system_does_not(serving: ssl.SSLContext) -> None:
    async with PlainServer(context=serving) as server:
        assert await ask(server.port, ssl.create_default_context()) == events.ProbeFailed(5)


async def test_a_link_over_tls_goes_and_comes_back(trusting: ssl.SSLContext, serving: ssl.SSLContext) -> None:
    async with PlainServer(context=serving) as server:
        async with Link(server.url, probe="/alive", context=trusting) as link:
            for turn in range(2):
                link.send(f"{turn}")
                assert await anext(link) == f"{turn}"
                await server.kill()
                await server.start()
        assert (server.greeted, server.most, server.probed > 0) == (2, 1, True)
