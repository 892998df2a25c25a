"""What a good reader makes of the exercises, and what others make of them."""

from __future__ import annotations

from lesson import clients
from lesson.exercises import DELAYS, WINDOW

BEATS = clients.KNOCKING.replace(
    "def connect():\n    global socket\n",
    """\
heard = 0
pinged = None

def watch():
    global pinged, socket
    if socket is None or socket.readyState != OPEN:
        return
    if pinged is not None and now() - pinged > 5:
        dead, socket = socket, None
        dead.onmessage = dead.onclose = None
        dead.close()
        on_close(None)
    elif pinged is None and now() - heard > 10:
        pinged = now()
        socket.send("ping")

def sign_of_life():
    global heard, pinged
    heard, pinged = now(), None

setInterval(watch, 1000)

def connect():
    global socket
""",
)
BEATS = BEATS.replace(
    "    show(event.data)", '    sign_of_life()\n    if event.data != "pong":\n        show(event.data)'
)
BEATS = BEATS.replace("    clearInterval(interval)\n", "    sign_of_life()\n    clearInterval(interval)\n")

OUTBOX = (
    clients.RESEND.replace(
        "    waiting.append(text)\n",
        '    waiting.append(json.dumps({"id": f"mine-{now()}-{text}", "text": text}))\n',
    )
    .replace("        socket.send(text)\n\ndef on_message", "        socket.send(waiting[-1])\n\ndef on_message")
    .replace(
        '    if event.data == "ok":\n        waiting.pop(0)\n',
        """\
    if not event.data.startswith("{"):
        return
    ack = json.loads(event.data)["ack"]
    waiting[:] = [each for each in waiting if json.loads(each)["id"] != ack]
""",
    )
)

SOLUTIONS = {
    "article": clients.SINGLE,
    "probe": clients.KNOCKING,
    "delays": DELAYS.replace("return 1.0", "return random.uniform(0, min(30, 2 ** number))"),
    "window": WINDOW.replace("return 1.0", "return max(0.25, crowd / rate)"),
    "beats": BEATS,
    "outbox": OUTBOX,
}
