"""The outbox, the cursors and what a program keeps beside them, in IndexedDB: one database for each account.

All tabs of an account share it. An entry belongs to the tab that wrote it; what has made no progress for
:data:`STALE` seconds any other tab takes over: the server's key makes two tabs sending the same harmless (rule 8 of
docs/delivery.md).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import js
from pyodide.ffi import JsProxy, to_js

from rebond.browser.idb import Base, Transaction, delete_base, open_base
from rebond.events import Adopted, Restored
from rebond.outbox import Entry, Kept
from rebond.wire import Delete, Edit, Operation, Send, decode_client, encode

_LAST = "\uffff"
"""Comes after every character that the key of a record may hold."""

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

    def __init__(self, base: Base, account: str, tab: str) -> None:
        self.tab = tab
        self._base = base
        self._account = account
        self._waiting: dict[str, tuple[str | None, int]] = {}
        self._writing: list[dict[str, tuple[str | None, int]]] = []
        self._written: set[str] = set()

    @classmethod
    async def open(cls, account: str, tab: str) -> Storage:
        """Open the database of ``account``. Raises :class:`rebond.browser.idb.UnavailableError`."""
        return cls(await open_base(name_of(account), _VERSION, _upgrade), account, tab)

    def close(self) -> None:
        """Let go of the database."""
        self._base.close()

    # The outbox.

    def persist(self, entry: Entry, answer: Callable[[Kept, str | None], None]) -> None:
        """Store an entry, or the change to one; see :class:`rebond.storage.Storage`."""
        outcome: list[Kept] = [Kept.KEPT]
        behind: list[str | None] = [None]

        def done(ok: bool) -> None:
            answer(*((outcome[0], behind[0]) if ok else (Kept.REFUSED, None)))

        transaction = self._base.transact([_OUTBOX], done, write=True)
        if transaction is None:
            return
        store = transaction.store(_OUTBOX)

        def found(record: JsProxy | None) -> None:
            if entry.kept if record is None else record.owner != self.tab:
                # Another tab has taken it over, and is perhaps done with it: it is not to be sent by a third.
                outcome[0] = Kept.TAKEN
            elif isinstance(entry.change, Delete):
                if record is not None:
                    store.delete(record.n)
            elif record is None:
                store.put(self._record(entry))
            else:
                store.put(self._record(entry, record.n))

        def listed(records: JsProxy) -> None:
            behind[0] = self._before(records, entry.id)

        if entry.id in self._written or entry.change is not None:
            transaction.then(store.index("id").get(entry.id), found)
        else:
            # Issued within the call that Enter made, before anything else can happen.
            self._written.add(entry.id)
            transaction.undo = lambda: self.forget(entry.id)
            store.add(self._record(entry))
            transaction.then(store.index("room").getAll(entry.room), listed)
            transaction.commit()

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

    def relink(self, identifier: str, room: str, answer: Callable[[str | None], None]) -> None:
        """Answer anew what comes just before an entry in its room."""
        behind: list[str | None] = [None]
        transaction = self._base.transact([_OUTBOX], lambda _: answer(behind[0]), write=False)
        if transaction is not None:

            def listed(records: JsProxy) -> None:
                behind[0] = self._before(records, identifier)

            transaction.then(transaction.store(_OUTBOX).index("room").getAll(room), listed)

    def adopt(self, answer: Callable[[Adopted], None]) -> None:
        """Take over what other tabs have left."""
        adopted: list[Entry] = []
        order: list[str] = []

        def done(ok: bool) -> None:
            if ok and adopted:
                self._written.update(entry.id for entry in adopted)
                answer(Adopted(tuple(adopted), tuple(order)))

        transaction = self._base.transact([_OUTBOX], done, write=True)
        if transaction is not None:
            self._take(transaction, adopted, order, lambda row: row.owner != self.tab and _is_stale(row))

    # What is read at the start, and kept beside.

    async def load(self) -> Restored:
        """Return what was kept: the cursors, and the entries of this tab and of those that have left."""
        entries: list[Entry] = []
        cursors: dict[str, int] = {}
        epoch: list[str] = []

        def read_epoch(row: JsProxy | None) -> None:
            if row is not None:
                epoch.append(str(row.value))

        def read(transaction: Transaction) -> None:
            self._take(transaction, entries, [], lambda row: row.owner == self.tab or _is_stale(row))
            transaction.then(
                transaction.store(_CURSORS).getAll(),
                lambda rows: cursors.update((str(row.stream), int(row.seq)) for row in rows),
            )
            transaction.then(transaction.store(_FACTS).get(_EPOCH), read_epoch)

        await self._base.within([_OUTBOX, _CURSORS, _FACTS], read, write=True)
        self._written.update(entry.id for entry in entries)
        return Restored(epoch[0] if epoch else None, cursors if epoch else {}, tuple(entries))

    async def waiting(self) -> list[Operation]:
        """Return what waits to be sent, of all tabs, in the order typed."""
        found: list[Entry | None] = []

        def read(transaction: Transaction) -> None:
            transaction.then(transaction.store(_OUTBOX).getAll(), lambda rows: found.extend(map(_entry, rows)))

        await self._base.within([_OUTBOX], read)
        return [entry.operation for entry in found if entry is not None]

    def advance(self, epoch: str, cursors: Mapping[str, int]) -> None:
        """Write the cursors and the records kept meanwhile in one transaction; within an epoch only ever upwards."""
        waiting, self._waiting = self._waiting, {}
        transaction = self._write(waiting, _CURSORS, _FACTS)
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

    def keep(self, key: str, record: str | None, version: int = 0) -> None:
        """Keep a text, or none any more, with what is written next.

        One with a ``version`` never takes the place of a newer one, which another tab may have written.
        """
        self._waiting[key] = (record, version)

    def flush(self) -> None:
        """Write what waits, now. What needs no look at what is there outlives the page from this call on."""
        waiting, self._waiting = self._waiting, {}
        plain = {key: kept for key, kept in waiting.items() if not kept[1]}
        if plain:
            transaction = self._write(plain)
            if transaction is not None:
                transaction.commit()
        if len(plain) < len(waiting):
            self._write({key: kept for key, kept in waiting.items() if key not in plain})

    def drop(self, prefix: str) -> None:
        """Keep none of those whose keys begin with ``prefix``."""
        # What is being written now would wait again if that failed.
        for records in (self._waiting, *self._writing):
            for key in [key for key in records if key.startswith(prefix)]:
                del records[key]
        transaction = self._base.transact([_RECORDS], lambda _: None, write=True)
        if transaction is not None:
            transaction.store(_RECORDS).delete(js.IDBKeyRange.bound(prefix, prefix + _LAST))

    async def records(self) -> dict[str, str]:
        """Return all there are, by key."""
        found: list[str] = []

        def read(transaction: Transaction) -> None:
            # As one text: a crossing for each record would take longer than reading them all.
            rows = transaction.store(_RECORDS).getAll()
            transaction.then(rows, lambda rows: found.append(str(js.JSON.stringify(rows))))

        await self._base.within([_RECORDS], read)
        return {row["key"]: row["text"] for text in found for row in json.loads(text)}

    def _write(self, waiting: dict[str, tuple[str | None, int]], *stores: str) -> Transaction | None:
        """Begin a transaction over the records and more, and write what has waited. If it fails, that waits again."""
        self._writing.append(waiting)

        def done(ok: bool) -> None:
            self._writing = [records for records in self._writing if records is not waiting]
            if not ok:
                self._waiting = waiting | self._waiting

        transaction = self._base.transact([_RECORDS, *stores], done, write=True)
        if transaction is not None:
            store = transaction.store(_RECORDS)
            for key, (text, version) in waiting.items():
                if text is None:
                    store.delete(key)
                elif not version:
                    store.put(_object({"key": key, "text": text, "version": version}))
                else:
                    _put(transaction, store, {"key": key, "text": text, "version": version})
        return transaction

    def clear(self) -> None:
        """Forget the cursors: another life of the server's database. The outbox and the records stay."""
        transaction = self._base.transact([_CURSORS, _FACTS], _nothing, write=True)
        if transaction is not None:
            _empty(transaction, _CURSORS, _FACTS)

    async def destroy(self) -> None:
        """Keep nothing of the account any more, the outbox included. Raises UnavailableError."""
        names = _OUTBOX, _CURSORS, _RECORDS, _FACTS
        # At once; that the database itself goes may take until another tab lets go of it.
        await self._base.within(list(names), lambda transaction: _empty(transaction, *names), write=True)
        self.close()
        await delete_base(name_of(self._account))

    def _take(
        self, transaction: Transaction, taken: list[Entry], order: list[str], wanted: Callable[[JsProxy], bool]
    ) -> None:
        """Make the wanted entries this tab's and list them in the order typed; in ``order``, the ids of all there are.

        Each is behind what comes just before it in its room, if that is another tab's.
        """
        store = transaction.store(_OUTBOX)
        behind: dict[str, str | None] = {}

        def listed(records: JsProxy) -> None:
            for row in records:
                entry = _entry(row, behind.get(row.room)) if wanted(row) else None
                if entry is not None:
                    taken.append(entry)
                    store.put(self._record(entry, row.n))
                own = entry is not None or row.owner == self.tab
                order.append(row.id)
                if not row.parked:
                    behind[row.room] = None if own else row.id

        transaction.then(store.getAll(), listed)

    def _before(self, records: JsProxy, identifier: str) -> str | None:
        """Return which of a room's records comes just before an entry, but for parked ones, if it is another tab's."""
        last: JsProxy | None = None
        for row in records:
            if row.id == identifier:
                return None if last is None or last.owner == self.tab else str(last.id)
            if not row.parked:
                last = row
        return None

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


def _put(transaction: Transaction, store: JsProxy, row: Mapping[str, str | int]) -> None:
    def compare(there: JsProxy | None) -> None:
        if there is None or there.version <= row["version"]:
            store.put(_object(row))

    transaction.then(store.get(row["key"]), compare)


def _empty(transaction: Transaction, *stores: str) -> None:
    for name in stores:
        transaction.store(name).clear()


def _entry(row: JsProxy, behind: str | None = None) -> Entry | None:
    [operation] = decode_client(str(row.operation))
    if not isinstance(operation, Operation):
        js.console.error(f"rebond: the outbox holds something that is no operation: {row.id}")
        return None
    return Entry(operation, closes=int(row.closes), parked=bool(row.parked), behind=behind)


def _is_stale(row: JsProxy) -> bool:
    # The wall clock, since it is all that tabs have in common; one set back only makes for a later look.
    return bool(abs(time.time() - row.touched) > STALE)


def _object(values: Mapping[str, object]) -> JsProxy:
    return to_js(values, dict_converter=js.Object.fromEntries)


def _nothing(_: object) -> None:
    """Nobody waits for it: what could not be written is read from the server again."""
