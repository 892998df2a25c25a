"""As much of a browser as rebond.browser.storage needs, in CPython: IndexedDB with its rules, and Pyodide's way to it.

What matters of the rules (Indexed Database API 3.0, section 2.7) is kept: a transaction takes requests only in the call
that made it and in the callbacks of its own requests, it completes once none is left, and undoes everything if one
fails. Transactions run one after the other, when the test says so: :meth:`Engine.run`. So do timers: ``Engine.wait``.
With the page goes every transaction that was not told to commit: :meth:`Engine.leave`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from types import ModuleType, SimpleNamespace
from typing import cast

Rows = dict[object, SimpleNamespace]


class JsException(Exception):  # noqa: N818 - Pyodide's name
    """What JavaScript throws."""

    @property
    def message(self) -> str:
        return str(self)


class Target:
    """``EventTarget``, and the id by which Pyodide knows an object."""

    def __init__(self) -> None:
        self._heard: dict[str, list[Callable[[SimpleNamespace], object]]] = {}

    @property
    def js_id(self) -> int:
        return id(self)

    def addEventListener(self, kind: str, proxy: Callable[[SimpleNamespace], object]) -> None:  # noqa: N802
        self._heard.setdefault(kind, []).append(proxy)

    def removeEventListener(self, kind: str, proxy: Callable[[SimpleNamespace], object]) -> None:  # noqa: N802
        self._heard[kind].remove(proxy)

    def happen(self, kind: str) -> None:
        for proxy in list(self._heard.get(kind, [])):
            proxy(SimpleNamespace(type=kind, target=self, preventDefault=lambda: None))


class Request(Target):
    """``IDBRequest``."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self.work = work
        self.result: object = None


class Store:
    """``IDBObjectStore`` and ``IDBIndex``, as a transaction sees them."""

    def __init__(self, transaction: Transaction, name: str, index: str = "") -> None:
        self._transaction = transaction
        self._name = name
        self._index = index

    @property
    def _rows(self) -> Rows:
        return self._transaction.base.stores[self._name]

    def index(self, name: str) -> Store:
        return Store(self._transaction, self._name, name)

    def get(self, key: object) -> Request:
        return self._request(lambda: deepcopy(next(iter(self._found(key)), None)))

    def getKey(self, key: object) -> Request:  # noqa: N802
        return self._request(lambda: next((row.n for row in self._found(key)), None))

    def getAll(self, key: object = None) -> Request:  # noqa: N802
        return self._request(
            lambda: deepcopy([row for row in self._sorted() if key is None or row in self._found(key)])
        )

    def put(self, row: SimpleNamespace) -> Request:
        return self._request(lambda: self._write(row))

    add = put

    def delete(self, key: object) -> Request:
        def work() -> None:
            for each in [each for each in self._rows if _matches(key, each)]:
                del self._rows[each]

        return self._request(work)

    def clear(self) -> Request:
        return self._request(self._rows.clear)

    def _sorted(self) -> list[SimpleNamespace]:
        return [self._rows[key] for key in sorted(self._rows, key=str if self._name != "outbox" else _number)]

    def _found(self, key: object) -> list[SimpleNamespace]:
        path = self._index or self._transaction.base.paths[self._name]
        return [row for row in self._sorted() if getattr(row, path) == key]

    def _write(self, row: SimpleNamespace) -> None:
        base = self._transaction.base
        if base.engine.full:
            raise JsException("QuotaExceededError")
        if self._name == "outbox" and not hasattr(row, "n"):
            row.n = base.engine.count = base.engine.count + 1
        self._rows[getattr(row, base.paths[self._name])] = deepcopy(row)

    def _request(self, work: Callable[[], object]) -> Request:
        return self._transaction.take(work)


class Transaction(Target):
    """``IDBTransaction``."""

    def __init__(self, base: Base, names: list[str]) -> None:
        super().__init__()
        self.base = base
        self.names = names
        self.active = True
        self.committed = False
        self._waiting: list[Request] = []
        self._aborted = False

    def commit(self) -> None:
        self.active, self.committed = False, True

    def abort(self) -> None:
        if self.committed or self.base.engine.committing:
            raise JsException("InvalidStateError")
        self._aborted = True

    def objectStore(self, name: str) -> Store:  # noqa: N802
        if name not in self.names:
            raise JsException("NotFoundError")
        return Store(self, name)

    def take(self, work: Callable[[], object]) -> Request:
        if not self.active:
            raise JsException("TransactionInactiveError")
        request = Request(work)
        self._waiting.append(request)
        return request

    def run(self) -> None:
        self.active = False
        if self._aborted:
            self.happen("abort")
            return
        before = deepcopy(self.base.stores)
        while self._waiting:
            request = self._waiting.pop(0)
            try:
                request.result = request.work()
            except JsException:
                self.base.stores.update(before)
                self.happen("abort")
                return
            self.active = not self.committed
            request.happen("success")
            self.active = False
        self.happen("complete")


class Base(Target):
    """``IDBDatabase``."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.stores: dict[str, Rows] = {}
        self.paths: dict[str, str] = {}
        self.closed = False

    def createObjectStore(self, name: str, options: SimpleNamespace) -> SimpleNamespace:  # noqa: N802
        self.stores[name] = {}
        self.paths[name] = options.keyPath
        return SimpleNamespace(createIndex=lambda *_: None)

    def transaction(self, names: list[str], mode: str, options: SimpleNamespace) -> Transaction:
        if self.closed:
            raise JsException("InvalidStateError")
        made = Transaction(self, names)
        self.engine.transactions.append(made)
        self.engine.log.append((mode, sorted(names), options.durability))
        return made

    def close(self) -> None:
        self.closed = True


class Engine:
    """The databases of one browser. ``full``: there is no room to write anything.

    ``mute``: no transaction gets anywhere; ``committing``: but each had all it wanted, and cannot be aborted any more.
    ``now`` is in seconds.
    """

    def __init__(self) -> None:
        self.full = False
        self.mute = False
        self.committing = False
        self.now = 0.0
        self.count = 0
        self.log: list[tuple[str, list[str], str]] = []
        self.transactions: list[Transaction] = []
        self._requests: list[tuple[Request, Callable[[Request], None]]] = []
        self._bases: dict[str, list[Base]] = {}
        self._timers: dict[int, tuple[float, Callable[[], object]]] = {}

    def open(self, name: str, _: int) -> Request:
        def opened(request: Request) -> None:
            base = Base(self)
            request.result = base
            there = self._bases.setdefault(name, [])
            if there:
                base.stores, base.paths = there[0].stores, there[0].paths
            else:
                request.happen("upgradeneeded")
            there.append(base)
            request.happen("success")

        return self._later(opened)

    def deleteDatabase(self, name: str) -> Request:  # noqa: N802
        def deleted(request: Request) -> None:
            for base in self._bases.get(name, []):
                if not base.closed:
                    base.happen("versionchange")
            assert all(base.closed for base in self._bases.get(name, [])), "another tab holds the database"
            self._bases.pop(name, None)
            request.happen("success")

        return self._later(deleted)

    @property
    def names(self) -> list[str]:
        """The databases there are."""
        return list(self._bases)

    def run(self) -> None:
        """Do all that was asked for."""
        while self._requests or (self.transactions and not self.mute):
            for request, work in self._requests[:]:
                self._requests.remove((request, work))
                work(request)
            if self.transactions and not self.mute:
                self.transactions.pop(0).run()

    def leave(self) -> None:
        """The page is gone, as by a reload."""
        self.transactions = [each for each in self.transactions if each.committed]
        self.run()

    def wait(self, seconds: float, *, asleep: bool = False) -> None:
        """Let so many seconds go by; ``asleep``: all at once, and what was due meanwhile goes off at the end."""
        end = self.now + seconds
        while due := [number for number, (at, _) in self._timers.items() if at <= end]:
            first = min(due, key=lambda number: self._timers[number][0])
            at, action = self._timers.pop(first)
            self.now = end if asleep else max(self.now, at)
            action()
        self.now = end

    @property
    def timers(self) -> int:
        """How many timers are set."""
        return len(self._timers)

    def set_timeout(self, action: Callable[[], object], milliseconds: float) -> int:
        self.count += 1
        self._timers[self.count] = (self.now + milliseconds / 1_000, action)
        return self.count

    def clear_timeout(self, number: int) -> None:
        self._timers.pop(number, None)

    def _later(self, work: Callable[[Request], None]) -> Request:
        request = Request(lambda: None)
        self._requests.append((request, work))
        return request


class Proxy:
    """What ``create_proxy`` returns."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def __call__(self, *arguments: SimpleNamespace) -> object:
        return self._function(*arguments)

    def destroy(self) -> None:
        """Pyodide wants to be told."""


@contextmanager
def browser(engine: Engine) -> Iterator[None]:
    """Have ``js`` and ``pyodide.ffi`` as if this were a page."""
    js, pyodide, ffi = ModuleType("js"), ModuleType("pyodide"), ModuleType("pyodide.ffi")
    given: dict[str, object] = {
        "undefined": None,
        "indexedDB": engine,
        "Object": SimpleNamespace(fromEntries=None),
        "JSON": SimpleNamespace(stringify=lambda rows: json.dumps([vars(row) for row in rows])),
        "IDBKeyRange": SimpleNamespace(bound=lambda first, last: (first, last)),
        "console": SimpleNamespace(error=print),
        "setTimeout": engine.set_timeout,
        "clearTimeout": engine.clear_timeout,
    }
    js.__dict__.update(given)
    ffi.__dict__.update(JsException=JsException, JsProxy=object, create_proxy=Proxy, to_js=_to_js)
    before = {name: sys.modules.get(name) for name in ("js", "pyodide", "pyodide.ffi")}
    sys.modules.update({"js": js, "pyodide": pyodide, "pyodide.ffi": ffi})
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
        for name in [name for name in sys.modules if name.startswith("rebond.browser")]:
            del sys.modules[name]


def _to_js(value: object, dict_converter: object = None) -> object:
    return SimpleNamespace(**cast(Mapping[str, object], value)) if isinstance(value, Mapping) else value


def _matches(key: object, there: object) -> bool:
    return key[0] <= there <= key[1] if isinstance(key, tuple) else key == there


def _number(key: object) -> int:
    return cast(int, key)
