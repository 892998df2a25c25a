"""The outbox, the cursors and what a program keeps beside them, in IndexedDB: one database for each account.

All tabs of an account share it. An entry belongs to the tab that wrote it; what has made no progress for
:data:`STALE` seconds any other tab takes over: the server's key makes two tabs sending the same harmless (rule 8 of
docs/delivery.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import js
from pyodide.ffi import JsProxy, to_js

from rebond.browser.idb import Base, Transaction, delete_base, open_base
from rebond.events import Restored
from rebond.outbox import Entry, Kept
from rebond.wire import Delete, Edit, Operation, Send, decode_client, encode

STALE = 5.0
"""Seconds without progress after which an entry is anybody's."""

_VERSION = 1
_OUTBOX, _CURSORS, _RECORDS, _FACTS = "outbox", "cursors", "records", "facts"
_EPOCH = "epoch"


def name_of(account: str) -> str:
    """Return the name of an account's database."""
    return f"rebond:{account}"


class Storage:
    """The database of one account, as one tab uses it. It implements :class:`rebond.storage.Storage`."""

    def __init__(self, base: Base, tab: str) -> None:
        self.tab = tab
        self._base = base
        self._written: set[str] = set()
        self._records: dict[str, str | None] = {}

    @classmethod
    async def open(cls, account: str, tab: str) -> Storage:
        """Open the database of ``account``. Raises :class:`rebond.browser.idb.UnavailableError`."""
        return cls(await open_base(name_of(account), _VERSION, _upgrade), tab)

    def close(self) -> None:
        """Let go of the database."""
        self._base.close()

    # The outbox.

    def persist(self, entry: Entry, answer: Callable[[Kept, str | None], None]) -> None:
        """Store an entry, or the change to one; see :class:`rebond.storage.Storage`."""
        outcome: list[Kept] = [Kept.KEPT]
        behind: list[str | None] = [None]

        def done(ok: bool) -> None:
            answer(outcome[0] if ok else Kept.REFUSED, behind[0])

        transaction = self._base.transact([_OUTBOX], done, write=True)
        if transaction is None:
            return
        store = transaction.store(_OUTBOX)

        def found(record: JsProxy | None) -> None:
            if record is None:
                store.put(self._record(entry))
            elif entry.change is not None and record.owner != self.tab:
                outcome[0] = Kept.TAKEN
            elif isinstance(entry.change, Delete):
                store.delete(record.n)
            else:
                store.put(self._record(entry, record.n))

        def listed(records: JsProxy) -> None:
            earlier = [row.id for row in _until(records, entry.id) if row.owner != self.tab and not row.parked]
            behind[0] = earlier[-1] if earlier else None

        if entry.id in self._written:
            transaction.then(store.index("id").get(entry.id), found)
        else:
            # Issued within the call that Enter made, before anything else can happen.
            self._written.add(entry.id)
            store.add(self._record(entry))
        transaction.then(store.index("room").getAll(entry.room), listed)

    def forget(self, identifier: str) -> None:
        """Take an entry out."""
        transaction = self._base.transact([_OUTBOX], _nothing, write=True)
        if transaction is not None:
            store = transaction.store(_OUTBOX)

            def found(key: JsProxy | None) -> None:
                if key is not None:
                    store.delete(key)

            transaction.then(store.index("id").getKey(identifier), found)
        self._written.discard(identifier)

    def relink(self, behind: str, answer: Callable[[str | None], None]) -> None:
        """Answer ``behind`` if an entry of that id is still there, and not parked."""
        kept: list[str | None] = [None]
        transaction = self._base.transact([_OUTBOX], lambda _: answer(kept[0]), write=False)
        if transaction is not None:

            def found(record: JsProxy | None) -> None:
                kept[0] = behind if record is not None and not record.parked else None

            transaction.then(transaction.store(_OUTBOX).index("id").get(behind), found)

    def adopt(self, answer: Callable[[tuple[Entry, ...]], None]) -> None:
        """Take over what other tabs have left."""
        adopted: list[Entry] = []

        def done(ok: bool) -> None:
            if ok and adopted:
                self._written.update(entry.id for entry in adopted)
                answer(tuple(adopted))

        transaction = self._base.transact([_OUTBOX], done, write=True)
        if transaction is not None:
            self._take(transaction, adopted, lambda row: row.owner != self.tab and _is_stale(row))

    # What is read at the start, and kept beside.

    async def load(self) -> Restored:
        """Return what was kept: the cursors, and the entries of this tab and of those that have left."""
        entries: list[Entry] = []
        cursors: dict[str, int] = {}
        epoch: list[str] = []
        finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def read_epoch(row: JsProxy | None) -> None:
            if row is not None:
                epoch.append(str(row.value))

        transaction = self._base.transact([_OUTBOX, _CURSORS, _FACTS], lambda _: finished.set_result(None), write=True)
        if transaction is not None:
            self._take(transaction, entries, lambda row: row.owner == self.tab or _is_stale(row))
            transaction.then(
                transaction.store(_CURSORS).getAll(),
                lambda rows: cursors.update((str(row.stream), int(row.seq)) for row in rows),
            )
            transaction.then(transaction.store(_FACTS).get(_EPOCH), read_epoch)
        await finished
        self._written.update(entry.id for entry in entries)
        return Restored(epoch[0] if epoch else None, cursors if epoch else {}, tuple(entries))

    def keep(self, key: str, record: str | None) -> None:
        """Keep a record of the program's, or none any more, together with the next :meth:`advance`."""
        self._records[key] = record

    def advance(self, epoch: str, cursors: Mapping[str, int]) -> None:
        """Write the cursors and the records kept meanwhile in one transaction; within an epoch only ever upwards."""
        records, self._records = self._records, {}
        transaction = self._base.transact([_CURSORS, _RECORDS, _FACTS], _nothing, write=True)
        if transaction is None:
            return
        facts, seqs = transaction.store(_FACTS), transaction.store(_CURSORS)

        def known(row: JsProxy | None) -> None:
            if row is None or row.value != epoch:
                seqs.clear()
                facts.put(_object({"name": _EPOCH, "value": epoch}))
            for stream, seq in cursors.items():
                raise_to(stream, seq)

        def raise_to(stream: str, seq: int) -> None:
            def compare(row: JsProxy | None) -> None:
                if row is None or row.seq < seq:
                    seqs.put(_object({"stream": stream, "seq": seq}))

            transaction.then(seqs.get(stream), compare)

        transaction.then(facts.get(_EPOCH), known)
        _write(transaction, records)

    def flush(self) -> None:
        """Write the records kept meanwhile, without any cursor."""
        records, self._records = self._records, {}
        transaction = self._base.transact([_RECORDS], _nothing, write=True) if records else None
        if transaction is not None:
            _write(transaction, records)

    async def records(self, first: str, last: str, newest: int = 1_000) -> list[str]:
        """Return the ``newest`` records whose keys lie from ``first`` to ``last``, in the order of their keys."""
        found: list[str] = []
        finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        transaction = self._base.transact([_RECORDS], lambda _: finished.set_result(None), write=False)
        if transaction is not None:
            keys = js.IDBKeyRange.bound(first, last)
            transaction.then(
                transaction.store(_RECORDS).getAll(keys), lambda rows: found.extend(str(row.text) for row in rows)
            )
        await finished
        return found[-newest:]

    def clear(self) -> None:
        """Forget the cursors and the records, but nothing of the outbox: another life of the server's database."""
        self._records.clear()
        transaction = self._base.transact([_CURSORS, _RECORDS, _FACTS], _nothing, write=True)
        if transaction is not None:
            for name in (_CURSORS, _RECORDS, _FACTS):
                transaction.store(name).clear()

    async def destroy(self, account: str) -> None:
        """Delete everything that is kept for ``account``, the outbox included."""
        self.close()
        await delete_base(name_of(account))

    def _take(self, transaction: Transaction, taken: list[Entry], wanted: Callable[[JsProxy], bool]) -> None:
        """Make the wanted entries this tab's, and list them in the order typed."""
        store = transaction.store(_OUTBOX)

        def listed(records: JsProxy) -> None:
            for row in records:
                entry = _entry(row) if wanted(row) else None
                if entry is not None:
                    taken.append(entry)
                    store.put(self._record(entry, row.n))

        transaction.then(store.getAll(), listed)

    def _record(self, entry: Entry, number: int | None = None) -> JsProxy:
        operation = entry.operation
        if isinstance(operation, Send) and isinstance(entry.change, Edit):
            operation = replace(operation, text=entry.change.text)
        record: dict[str, object] = {
            "id": entry.id,
            "room": entry.room,
            "owner": self.tab,
            "touched": time.time(),
            "operation": encode(operation),
            "closes": entry.closes,
            "parked": entry.parked,
        }
        if number is not None:
            record["n"] = number
        return _object(record)


def _upgrade(handle: JsProxy) -> None:
    outbox = handle.createObjectStore(_OUTBOX, _object({"keyPath": "n", "autoIncrement": True}))
    outbox.createIndex("id", "id", _object({"unique": True}))
    outbox.createIndex("room", "room")
    handle.createObjectStore(_CURSORS, _object({"keyPath": "stream"}))
    handle.createObjectStore(_RECORDS, _object({"keyPath": "key"}))
    handle.createObjectStore(_FACTS, _object({"keyPath": "name"}))


def _write(transaction: Transaction, records: Mapping[str, str | None]) -> None:
    store = transaction.store(_RECORDS)
    for key, text in records.items():
        if text is None:
            store.delete(key)
        else:
            store.put(_object({"key": key, "text": text}))


def _entry(row: JsProxy) -> Entry | None:
    [operation] = decode_client(str(row.operation))
    if not isinstance(operation, Operation):
        js.console.error(f"rebond: the outbox holds something that is no operation: {row.id}")
        return None
    return Entry(operation, closes=int(row.closes), parked=bool(row.parked))


def _until(records: JsProxy, identifier: str) -> list[JsProxy]:
    """Return the records before that of ``identifier``."""
    earlier = []
    for row in records:
        if row.id == identifier:
            break
        earlier.append(row)
    return earlier


def _is_stale(row: JsProxy) -> bool:
    # The wall clock, since it is all that tabs have in common; one set back only makes for a later look.
    return bool(abs(time.time() - row.touched) > STALE)


def _object(values: Mapping[str, object]) -> JsProxy:
    return to_js(values, dict_converter=js.Object.fromEntries)


def _nothing(_: object) -> None:
    """Nobody waits for it: what could not be written is read from the server again."""
