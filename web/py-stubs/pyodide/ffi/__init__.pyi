"""Proxies and conversions between Python and JavaScript."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, ParamSpec, TypeVar

from typing_extensions import Buffer

_P = ParamSpec("_P")
_R_co = TypeVar("_R_co", covariant=True)

class JsProxy:
    """Any JavaScript object seen from Python."""

    @property
    def typeof(self) -> str: ...
    @property
    def js_id(self) -> int: ...
    @property
    def constructor(self) -> Any: ...
    def to_py(self, *, depth: int = -1) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...

class JsBuffer(JsProxy):
    """An ArrayBuffer or a typed array."""

    def to_bytes(self) -> bytes: ...
    def to_memoryview(self) -> memoryview: ...
    def to_string(self, encoding: str | None = None) -> str: ...

class JsException(JsProxy, Exception):
    """A JavaScript error raised into Python."""

    name: str
    message: str
    stack: str

class JsDoubleProxy(JsProxy, Generic[_P, _R_co]):
    """A JavaScript proxy of a Python callable; it leaks unless destroyed."""

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R_co: ...
    def destroy(self) -> None: ...
    def unwrap(self) -> Callable[_P, _R_co]: ...

jsnull: JsProxy

def create_proxy(
    obj: Callable[_P, _R_co], /, *, capture_this: bool = False, roundtrip: bool = True
) -> JsDoubleProxy[_P, _R_co]: ...
def create_once_callable(obj: Callable[_P, _R_co], /) -> JsDoubleProxy[_P, _R_co]: ...
def destroy_proxies(pyproxies: JsProxy, /) -> None: ...
def to_js(
    obj: Buffer | Mapping[Any, Any] | object,
    /,
    *,
    depth: int = -1,
    create_pyproxies: bool = True,
    dict_converter: Callable[[Any], object] | None = None,
) -> JsProxy: ...
