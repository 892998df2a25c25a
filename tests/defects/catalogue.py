"""The defects that the tests must catch: each a mistake one could well make, and the rule it would break.

The numbers are those of the rules in docs/delivery.md.
"""

from __future__ import annotations

from dataclasses import dataclass

CORE = "web/py/rebond/"
UNIT = "tests/rebond/"


@dataclass(frozen=True, slots=True)
class Defect:
    """``code``, which stands once in the file at ``path``, replaced by ``instead``; ``tests`` should notice."""

    name: str
    rule: str
    path: str
    code: str
    instead: str
    tests: tuple[str, ...]


def core(name: str, rule: str, module: str, code: str, instead: str, *tests: str) -> Defect:
    """Return a defect in the core, caught by the unit tests of its module, or by those named."""
    files = tests or (f"test_{module}.py",)
    return Defect(name, rule, f"{CORE}{module}.py", code, instead, tuple(f"{UNIT}{file}" for file in files))


def server(name: str, rule: str, module: str, code: str, instead: str) -> Defect:
    """Return a defect in the server, caught by the unit tests of its module."""
    return Defect(name, rule, f"server/{module}.py", code, instead, (f"tests/server/test_{module}.py",))


def chat(name: str, rule: str, module: str, code: str, instead: str, *tests: str) -> Defect:
    """Return a defect in the chat's state, caught by the unit tests of its module, or by those named."""
    files = tests or (f"test_{module}.py",)
    return Defect(name, rule, f"web/py/chat/{module}.py", code, instead, tuple(f"tests/chat/{file}" for file in files))


def storage(name: str, rule: str, module: str, code: str, instead: str) -> Defect:
    """Return a defect in what the browser keeps, caught over IndexedDB's rules without a browser."""
    return Defect(name, rule, f"{CORE}browser/{module}.py", code, instead, (f"{UNIT}browser/test_storage.py",))


LINK = [
    core(
        "hidden-page-waits-for-ever",
        "link",
        "attempt",
        "        if slept and not self._graced:\n",
        "        if slept:\n",
        "test_link.py",
    ),
    core(
        "late-answer-starts-a-second-try",
        "link",
        "link",
        "        if self.state is State.PROBING and not self._attempt.probing:\n            self._answered(now)\n",
        "        if self.state is State.PROBING:\n            self._answered(now)\n",
    ),
    core("stale-try-heard", "link", "link", ") if attempt == self._attempt.number:", ") if attempt:"),
    core(
        "second-interval",
        "link",
        "link",
        "        self._window.failed(now, hidden=self._hidden)\n",
        "        self._window.failed(now, hidden=self._hidden)\n        self._emit(effects.StartTicking())\n",
    ),
    core("interval-never-cleared", "link", "link", "        self._emit(effects.StopTicking())\n\n", "\n"),
    core(
        "try-while-one-is-in-flight",
        "link",
        "link",
        "case events.RetryNow() if self.state is State.WAITING:",
        "case events.RetryNow():",
    ),
    core("drop-ends-an-outage", "link", "window", "now - self._live_at >= STEADY", "now >= self._live_at"),
    core(
        "window-without-phase",
        "link",
        "window",
        "_step(now, hidden=False) * self._randomness.random()",
        "_step(now, hidden=False)",
    ),
    core("slot-ignored", "link", "link", "            self._window.at(self._attempt.slot)\n", "            pass\n"),
    core(
        "retry-ms-ignored",
        "link",
        "link",
        "            self._window.at(now + retry_ms / 1_000)\n",
        "            pass\n",
    ),
    core("late-timer-blames-the-peer", "link", "liveness", "(2 if late else 1)", "1"),
    core("alarm-left-running", "link", "link", "                self._emit(effects.SetAlarm(None))\n", ""),
    core(
        "time-out-while-asleep",
        "link",
        "attempt",
        "        if slept and not self._graced:\n",
        "        if slept and self._graced:\n",
        "test_link.py",
    ),
    core(
        "token-trusted-for-ever",
        "link",
        "credentials",
        "max(LEAST, expires_in - min(MARGIN, expires_in / 5))",
        "now + 1e9",
    ),
    core(
        "hammers-with-refused-tokens",
        "link",
        "credentials",
        "return 0.0 if self._strikes == 1 else",
        "return 0.0 if self._strikes else",
    ),
]

SENDING = [
    core(
        "order-forgotten",
        "1",
        "outbox",
        "yield self._fly(entry, predecessors.get(entry.room))",
        "yield self._fly(entry, None)",
    ),
    core(
        "overtaken-by-the-next",
        "1",
        "outbox",
        "                    waiting.add(entry.room)\n",
        "                    continue\n",
    ),
    core("tabs-do-not-know-each-other", "1", "outbox", "after=entry.behind or predecessor", "after=predecessor"),
    core(
        "own-entries-first",
        "1",
        "outbox",
        "after=entry.behind or predecessor",
        "after=predecessor or entry.behind",
        "simulation/test_schedules.py",
    ),
    core(
        "written-late-draws-before",
        "1",
        "outbox",
        "last = max(last, place.get(identifier, 0))",
        "last = place.get(identifier, last)",
    ),
    core("heir-forgets-its-own", "1", "outbox", "heir is not None and heir.behind is None", "heir is not None"),
    core(
        "heir-is-parked",
        "1",
        "outbox",
        "if other.room == entry.room and not other.parked), None)\n        if heir",
        "if other.room == entry.room), None)\n        if heir",
    ),
    core("settled-elsewhere-waits", "1", "outbox", "if there and entry.saved and entry.kept", "if False"),
    core("left-entries-first", "1", "outbox", "for identifier in order or found:", "for identifier in found:"),
    core(
        "suspect-overtakes",
        "1",
        "outbox",
        "entry.suspected and self._predecessor(entry) is None",
        "entry.suspected",
    ),
    core(
        "settled-taken-up-again",
        "8",
        "delivery",
        "for entry in event.entries if entry.id not in self._settled]",
        "for entry in event.entries]",
        "test_link.py",
    ),
    core("never-sent-again", "2", "outbox", "return replace(entry, in_flight=False)", "return entry", "test_link.py"),
    core(
        "surrogate-let-in",
        "4",
        "text",
        "    except UnicodeEncodeError:\n        return False\n",
        "    except UnicodeEncodeError:\n        return True\n",
    ),
    core(
        "poison-for-ever",
        "4",
        "outbox",
        "    parked = alone and (blamed or entry.closes >= MAX_CLOSES)\n",
        "    parked = False\n",
    ),
    core(
        "suspect-not-alone",
        "4",
        "outbox",
        "        if suspected is not None:\n            # It goes alone",
        "        if suspected is None and suspected:\n            # It goes alone",
    ),
    core(
        "too-big-is-retried",
        "4",
        "outbox",
        "GUILTY = frozenset({Close.INVALID_DATA, Close.TOO_BIG})",
        "GUILTY = frozenset({Close.PROTOCOL_ERROR})",
    ),
    core(
        "resent-in-one-frame",
        "4",
        "outbox",
        "if batch and size + length > MAX_RESEND:",
        "if not batch and size > MAX_RESEND:",
    ),
    core("sent-message-rewritten", "5", "outbox", "if entry is None or entry.flown or", "if entry is None or"),
    core("refusal-for-now-is-final", "6", "outbox", "if retry is not None or code in PASSING:", "if code == 'never':"),
    core(
        "refusal-swallows-the-text",
        "6",
        "outbox",
        "return Refusal(entry.id, entry.room, entry.text,",
        'return Refusal(entry.id, entry.room, "",',
    ),
    core(
        "sent-before-it-is-stored",
        "7",
        "outbox",
        "if not entry.saved or entry.not_before > now or flying",
        "if entry.not_before > now or flying",
    ),
    core(
        "not-stored-at-all",
        "7",
        "delivery",
        "            self._emit(effects.Persist(entry))\n",
        "            pass\n",
        "test_link.py",
        "test_shell.py",
    ),
    core(
        "kept-although-acknowledged",
        "7",
        "delivery",
        "            self._emit(effects.Forget(identifier))\n",
        "            pass\n",
        "test_link.py",
        "test_shell.py",
    ),
    core(
        "left-entries-left",
        "8",
        "delivery",
        "            self._emit(effects.Adopt())\n",
        "            pass\n",
        "test_link.py",
        "test_shell.py",
    ),
    core(
        "another-accounts-tab-sends",
        "8",
        "link",
        'if self.options.account not in (None, welcome.user.get("id")):',
        'if self.options.account == "nobody":',
    ),
    core(
        "earlier-answer-counts",
        "8",
        "delivery",
        "        if asked > 1:\n",
        "        if asked < 0:\n",
        "test_link.py",
    ),
]

RECEIVING = [
    core(
        "double-shown",
        "9",
        "cursors",
        "        if event.seq <= stream.seen:\n            return\n        if stream.leapt",
        "        if stream.leapt",
    ),
    core(
        "gap-ignored",
        "9",
        "cursors",
        "        if event.seq > stream.seen + 1:\n            if len",
        "        if event.seq > stream.seen + 9_999:\n            if len",
    ),
    core(
        "cursor-off-by-one",
        "9",
        "cursors",
        "return {name: stream.seen for name, stream in self._streams.items()}",
        "return {name: stream.seen + 1 for name, stream in self._streams.items()}",
    ),
    core(
        "cursor-before-its-events",
        "9",
        "link",
        "        self._delivery.advance()\n",
        "        self._delivery.advance()\n"
        "        self._effects.sort(key=lambda effect: not isinstance(effect, effects.Advance))\n",
    ),
    core(
        "heads-ignored",
        "10",
        "cursors",
        "if stream is not None and head > stream.seen:",
        "if stream is not None and head > stream.seen + 9_999:",
    ),
    core(
        "span-not-believed",
        "11",
        "cursors",
        "            self._see(span.stream, stream, max(stream.seen, span.to))\n",
        "",
    ),
    core("live-too-early", "12", "session", "if page.more or stream.sent < page.published:", "if page.more:"),
    core("published-twice", "12", "session", "or event.event.seq <= stream.sent:", "or event.event.seq < stream.sent:"),
    core(
        "hole-in-what-is-published",
        "12",
        "session",
        "if event.event.seq > stream.sent + 1:",
        "if event.event.seq > stream.sent + 9_999:",
    ),
    core(
        "cursor-jumps-into-the-hole",
        "13",
        "cursors",
        "        stream.leapt = stream.seen\n        return True\n",
        "        stream.leapt = stream.seen = hole.to\n        return True\n",
    ),
    core(
        "hole-without-its-changes",
        "13",
        "session",
        "            self._effects.append(Skim(stream, after, followed.hole, after))\n",
        "            self._effects.append(Replay(stream, followed.hole))\n",
    ),
    core("epoch-ignored", "16", "cursors", "            epoch != self.epoch or any(", "            any("),
    core(
        "server-ignores-the-epoch",
        "16",
        "session",
        "if hello is not None and hello.epoch == event.epoch else {}",
        "if hello is not None else {}",
    ),
    core(
        "outbox-lost-with-the-epoch",
        "17",
        "delivery",
        "            self._emit(effects.Reset())\n",
        "            self._emit(effects.Reset())\n            self.outbox = Outbox()\n",
        "simulation/test_schedules.py",
    ),
    core("head-below-the-cursor-ignored", "16", "cursors", "heads.get(name, at) < at", "heads.get(name, at) < 0"),
]

SPEAKING = [
    core(
        "anybodys-stream",
        "session",
        "session",
        "        if stream not in self._streams:\n            self._transmit(",
        "        if False:\n            self._transmit(",
    ),
    core(
        "anybodys-token",
        "session",
        "session",
        "if self.user is not None and event.user != self.user:",
        "if self.user is not None and not event.user:",
    ),
    core("speaks-after-the-end", "session", "session", "        if self.closed:\n            return []\n", ""),
    core(
        "token-outlived",
        "session",
        "session",
        "        self._until = now + event.expires_in\n",
        "        self._until = now + 1e9\n",
    ),
]

SERVER = [
    server(
        "deduplication-removed",
        "2",
        "messages",
        "    if known is not None:\n        return wire.Ack(asked.id, *known)\n",
        "",
    ),
    server(
        "checks-before-deduplication",
        "2",
        "messages",
        "    known = sqlite.run(",
        "    rules.check(connection, Act.WRITE, asked.room, author.id)\n    known = sqlite.run(",
    ),
    server(
        "limit-before-deduplication",
        "2",
        "messages",
        "    known = sqlite.run(",
        "    if refusal is not None:\n        raise refusal\n    known = sqlite.run(",
    ),
    server("server-ignores-the-order", "1", "messages", "        raise PredecessorError\n", "        pass\n"),
    server(
        "acknowledged-before-the-commit",
        "3",
        "database",
        "                for job in jobs:\n                    job.fail(BusyError())\n",
        "",
    ),
    server(
        "failed-commit-acknowledged",
        "3",
        "database",
        "                for job in jobs:\n                    job.fail(error)\n",
        "",
    ),
    server(
        "stored-and-never-told",
        "3",
        "database",
        "        finally:  # What is stored is acknowledged, even if telling of it has failed.\n",
        "        except ArithmeticError:\n            pass\n        else:\n",
    ),
    server(
        "published-although-refused",
        "3",
        "database",
        '            sqlite.run(connection, "ROLLBACK TO operation")\n',
        "            self.notices = transaction.notices\n",
    ),
    server(
        "no-savepoint-of-its-own", "3", "database", '            sqlite.run(connection, "ROLLBACK TO operation")\n', ""
    ),
    server(
        "seq-from-memory",
        "3",
        "streams",
        "    seq: int = sqlite.run(connection, _ADVANCE, stream=name).fetchone()[0]\n",
        "    counted = publish.__dict__\n"
        "    seq = counted[name] = counted.get(name, head(connection, name)) + 1\n"
        "    sqlite.run(connection, _ADVANCE, stream=name)\n",
    ),
    server("deletion-leaves-the-text", "14", "messages", "    streams.blank(transaction, stream, target)\n", ""),
    server(
        "slow-reader-kept",
        "15",
        "connection",
        "if not self._outbound.put(text):",
        "if self._outbound.put(text) is None:",
    ),
    server("restored-into-the-same-epoch", "16", "backup", "WHERE key = 'epoch'", "WHERE key = ''"),
    server("epoch-without-a-count", "16", "place", "if not epoch or counted != starts:", "if not epoch:"),
    server(
        "stolen-token-honoured", "session", "sessions", "if found.generation < found.used:", "if found.generation < 0:"
    ),
]

KEEPING = [
    chat(
        "refused-text-gone-with-the-page",
        "6",
        "own",
        "            self._state.archive.note_refused(refusal.room, outgoing)\n",
        "",
    ),
    storage(
        "what-enter-sent-goes-with-the-page",
        "7",
        "storage",
        "listed)\n            transaction.commit()\n",
        "listed)\n",
    ),
    storage(
        "given-up-and-kept-all-the-same",
        "7",
        "storage",
        "            transaction.undo = lambda: self.forget(entry.id)\n",
        "",
    ),
    chat(
        "text-sent-stays-in-the-composer-of-the-next-page",
        "7",
        "visit",
        "        await link.restore()\n        self.state.writing.restored()\n",
        "        self.state.writing.restored()\n        await link.restore()\n",
        "test_sending.py",
    ),
    storage(
        "await-inside-the-transaction",
        "7",
        "idb",
        'self._base.listen(request, ("success",), lambda event: follow(event.target.result))',
        "soon = asyncio.get_running_loop().call_soon\n"
        '        self._base.listen(request, ("success",), lambda event: soon(follow, event.target.result))',
    ),
    storage("not-for-good", "7", "idb", '"durability": "strict"', '"durability": "relaxed"'),
    storage("mute-storage-waited-for", "7", "idb", "            transaction.give_up()\n", "            pass\n"),
    chat("change-lost-by-a-reload", "7", "drafts", "_editing(shelf.get(self._editing_key))", '_editing("")'),
    chat(
        "composer-emptied-before-it-is-stored",
        "7",
        "visit",
        "        writing.leaving(room, identifier, text, re)\n",
        '        writing.leaving(room, identifier, text, re)\n        self.state.drafts.put(room, "")\n',
        "test_sending.py",
    ),
    chat("shown-before-it-is-stored", "7", "own", "        if not entry.saved:\n", "        if entry is None:\n"),
    storage(
        "settled-elsewhere-and-brought-back",
        "8",
        "storage",
        "            if entry.kept if record is None else record.owner != self.tab:\n",
        "            if entry.change is not None and (entry.kept if record is None else record.owner != self.tab):\n",
    ),
    storage(
        "cursor-before-its-records",
        "9",
        "storage",
        "transaction = self._write(waiting, _CURSORS, _FACTS)",
        "transaction = self._base.transact([_CURSORS, _FACTS], _nothing, write=True)",
    ),
    storage(
        "records-lost-and-cursor-kept",
        "9",
        "storage",
        "                self._waiting = waiting | self._waiting\n",
        "                pass\n",
    ),
    chat(
        "older-event-over-newer-page",
        "13",
        "timeline",
        "    if told.seq <= message.changed:\n",
        "    if told.seq < 0:\n",
    ),
    chat("hole-believed-known", "13", "timeline", "        self._known.cut(start, end)\n        for", "        for"),
    chat(
        "change-before-its-page-forgotten",
        "13",
        "timeline",
        "            self._early.setdefault(told.key, []).append(told)\n",
        "            pass\n",
    ),
    storage("slower-tab-writes-older-state", "13", "storage", 'there.version <= row["version"]', "True"),
    Defect(
        "left-room-kept",
        "14",
        "web/py/chat/archive.py",
        '            self._store.drop(f"{_MESSAGES}{room}/")\n',
        "",
        ("tests/chat/test_state.py",),
    ),
]

CATALOGUE = [*KEEPING, *SERVER, *LINK, *SENDING, *RECEIVING, *SPEAKING]
