"""The naive clients, as texts: shown beside the figures, run in them, and changed by the reader.

They are Python with the names that a page has in JavaScript (:mod:`lesson.browser`); in PyScript one would begin with
``from js import WebSocket, clearInterval, setInterval``. ``show`` shows the user a message.
"""

from __future__ import annotations

PLAIN = """\
socket = WebSocket("wss://chat.example")

def on_message(event):
    show(event.data)

socket.onmessage = on_message
"""
"""Nothing but a WebSocket."""

ARTICLE = """\
def init(token):
    interval = None
    socket = WebSocket(f"wss://chat.example?token={token}")

    def on_message(event):
        show(event.data)

    def on_open(event):
        nonlocal interval
        interval = clearInterval(interval)

    def on_close(event):
        nonlocal interval
        if not interval:
            interval = setInterval(init, 1000, token)

    socket.onmessage = on_message
    socket.onopen = on_open
    socket.onclose = on_close

init("1")
"""
"""The snippet of "Comment se reconnecter automatiquement à un serveur WebSockets" (blog.otso.fr, 2023), by the line."""

SINGLE = """\
interval = None
socket = None

def connect():
    global socket
    if socket is not None:
        return  # one attempt at a time
    socket = WebSocket("wss://chat.example")
    socket.onmessage = on_message
    socket.onopen = on_open
    socket.onclose = on_close

def on_message(event):
    show(event.data)

def on_open(event):
    global interval
    clearInterval(interval)
    interval = None

def on_close(event):
    global interval, socket
    socket = None
    if interval is None:
        interval = setInterval(connect, 1000)

connect()
"""
"""One interval, one attempt."""

POLLING = SINGLE.replace("1000", "250")
"""The same, four times a second."""


def _text(*parts: str) -> str:
    return "\n".join(parts)


_KNOCK = """\
interval = None
socket = None
asking = False

def knock():
    global asking
    if asking or socket is not None:
        return
    asking = True
    fetch("/api/alive").then(answered, unanswered)

def answered(response):
    global asking
    asking = False
    connect()

def unanswered(reason):
    global asking
    asking = False
"""

_CONNECT = """\
def connect():
    global socket
    socket = WebSocket("wss://chat.example")
    socket.onmessage = on_message
    socket.onopen = on_open
    socket.onclose = on_close
"""

_MESSAGE = """\
def on_message(event):
    show(event.data)
"""

_OPEN = """\
def on_open(event):
    global interval
    clearInterval(interval)
    interval = None
"""

_CLOSE = """\
def on_close(event):
    global interval, socket
    socket = None
    if interval is None:
        interval = setInterval(knock, 250)
"""

_GO = "connect()\n"

KNOCKING = _text(_KNOCK, _CONNECT, _MESSAGE, _OPEN, _CLOSE, _GO)
"""Ask by HTTP whether the server is there, and only then open the WebSocket."""

_TAKE = """\
last = 0

def take(message):
    global last
    last = max(last, message["at"])
    show(message["text"])

def on_message(event):
    take(json.loads(event.data))

def caught_up(response):
    for message in response.json()["messages"]:
        take(message)
"""

STAMPS = _text(_KNOCK, _CONNECT, _TAKE, _OPEN + '    fetch(f"/messages?since={last}").then(caught_up)\n', _CLOSE, _GO)
"""Catch up with all that was stamped after the last message seen."""

_SEND = """\
def send(text):
    if socket is not None and socket.readyState == OPEN:
        socket.send(text)
"""

FORGET = _text(_KNOCK, _CONNECT, _MESSAGE, _SEND, _OPEN, _CLOSE, _GO)
"""Send, and hope."""

_WAITING = """\
waiting = []

def send(text):
    waiting.append(text)
    if socket is not None and socket.readyState == OPEN:
        socket.send(text)

def on_message(event):
    if event.data == "ok":
        waiting.pop(0)
"""

RESEND = _text(_KNOCK, _CONNECT, _WAITING, _OPEN + "    for text in waiting:\n        socket.send(text)\n", _CLOSE, _GO)
"""Send again whatever was not answered."""

_LOG_IN = 'token = "1"  # given at log-in\n'

_WITH_TOKEN = _CONNECT.replace('"wss://chat.example"', 'f"wss://chat.example?token={token}"')

KEPT = _text(_LOG_IN, _KNOCK, _WITH_TOKEN, _MESSAGE, _OPEN, _CLOSE, _GO)
"""Keep the token one was given at log-in."""

_HASTY = """\
interval = None
socket = None

def renew():
    if socket is None:
        fetch("/api/refresh").then(renewed, failed)

def renewed(response):
    global token
    token = response.json()["token"]
    if socket is None:
        connect()

def failed(reason):
    clearInterval(interval)
    sign_out()  # no token to be had: the session must be over
"""

HASTY = _text(_LOG_IN, _HASTY, _WITH_TOKEN, _MESSAGE, _OPEN, _CLOSE.replace("knock", "renew"), _GO)
"""Renew the token, and take every failure for the end of the session."""
