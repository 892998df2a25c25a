"""The colours of code: which pieces of a text are keywords, strings, comments and so on, by Pygments' lexers.

Pygments comes in an archive of its own (web/runtime/highlighting.py), so it is imported by name, once it is there. A
text is never changed: where a lexer would lose a character, or takes too long, there are no colours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Protocol

LONGEST = 2_000
"""Characters beyond which a text is left as it is.

Some of the lexers' patterns take four times as long for a text twice as long, if it was made for that ("a\\n" over and
over, in C#): 4,000 characters would hold the page up for seconds.
"""

PATIENCE = 0.5
"""Seconds after which a text is left as it is, and its language from then on: whoever sends another holds nobody up."""


class Lexer(Protocol):
    """A lexer of Pygments. A kind of token is a tuple of names, the most general first."""

    def get_tokens_unprocessed(self, text: str, /) -> Iterable[tuple[int, tuple[str, ...], str]]: ...


_PLAIN: Mapping[str, object] = {}
_LEXERS: Mapping[str, tuple[str, str, Mapping[str, object]]] = {
    "bash": ("shell", "BashLexer", _PLAIN),
    "c": ("c_cpp", "CLexer", _PLAIN),
    "c#": ("dotnet", "CSharpLexer", _PLAIN),
    "c++": ("c_cpp", "CppLexer", _PLAIN),
    "css": ("css", "CssLexer", _PLAIN),
    "diff": ("diff", "DiffLexer", _PLAIN),
    "go": ("go", "GoLexer", _PLAIN),
    "html": ("html", "HtmlLexer", _PLAIN),
    "ini": ("configs", "IniLexer", _PLAIN),
    "java": ("jvm", "JavaLexer", _PLAIN),
    "javascript": ("javascript", "JavascriptLexer", _PLAIN),
    "json": ("data", "JsonLexer", _PLAIN),
    "kotlin": ("jvm", "KotlinLexer", _PLAIN),
    # Without the names of all functions there are, which are most of what the lexer would bring along.
    "php": ("php", "PhpLexer", {"funcnamehighlighting": False, "startinline": True}),
    "python": ("python", "PythonLexer", _PLAIN),
    "r": ("r", "SLexer", _PLAIN),
    "ruby": ("ruby", "RubyLexer", _PLAIN),
    "rust": ("rust", "RustLexer", _PLAIN),
    "sql": ("sql", "SqlLexer", _PLAIN),
    "swift": ("objective", "SwiftLexer", _PLAIN),
    "toml": ("configs", "TOMLLexer", _PLAIN),
    "typescript": ("javascript", "TypeScriptLexer", _PLAIN),
    "xml": ("html", "XmlLexer", _PLAIN),
    "yaml": ("data", "YamlLexer", _PLAIN),
}
LANGUAGES = tuple(_LEXERS)
MODULES = tuple(sorted({module for module, _, _ in _LEXERS.values()}))
"""The modules of pygments.lexers that are wanted."""

_ALIASES: Mapping[str, str] = {
    "cc": "c++",
    "cfg": "ini",
    "conf": "ini",
    "console": "bash",
    "cpp": "c++",
    "cs": "c#",
    "csharp": "c#",
    "cxx": "c++",
    "golang": "go",
    "h": "c",
    "hpp": "c++",
    "htm": "html",
    "js": "javascript",
    "jsonc": "json",
    "kt": "kotlin",
    "mjs": "javascript",
    "patch": "diff",
    "py": "python",
    "python3": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "bash",
    "shell": "bash",
    "sqlite": "sql",
    "svg": "xml",
    "ts": "typescript",
    "yml": "yaml",
    "zsh": "bash",
}

_KINDS: Mapping[tuple[str, ...], str] = {
    ("Comment",): "comment",
    ("Comment", "Preproc"): "special",
    ("Generic", "Deleted"): "deleted",
    ("Generic", "Heading"): "comment",
    ("Generic", "Inserted"): "inserted",
    ("Generic", "Subheading"): "special",
    ("Keyword",): "keyword",
    ("Keyword", "Constant"): "number",
    ("Keyword", "Type"): "type",
    ("Literal", "Date"): "number",
    ("Literal", "Number"): "number",
    ("Literal", "String"): "string",
    ("Name", "Attribute"): "type",
    ("Name", "Builtin"): "type",
    ("Name", "Class"): "name",
    ("Name", "Constant"): "number",
    ("Name", "Decorator"): "special",
    ("Name", "Exception"): "type",
    ("Name", "Function"): "name",
    ("Name", "Label"): "special",
    ("Name", "Namespace"): "name",
    ("Name", "Tag"): "keyword",
    ("Name", "Variable"): "special",
    ("Operator", "Word"): "keyword",
}
KINDS = frozenset(_KINDS.values())
"""What a piece can be (styles/rich.css); all else is nothing in particular."""

Piece = tuple[str, str]
"""A kind, or nothing, and the text of a piece."""


def language(named: str) -> str | None:
    """Return what a language is called here that somebody has named at a block; None if there are no colours for it."""
    name = named.lower()
    name = _ALIASES.get(name, name)
    return name if name in _LEXERS else None


def pieces(named: str, text: str, clock: Callable[[], float]) -> Sequence[Piece] | None:
    """Return the pieces of a text, which together are the text; None where it is to be left as it is.

    ``clock`` gives seconds. Raises ImportError if Pygments is not there.
    """
    known = language(named)
    if known is None or known in _slow or len(text) > LONGEST:
        return None
    lexer = _lexer(known)
    until = clock() + PATIENCE
    found: list[Piece] = []
    ended = f"{text}\n"  # Many a lexer takes a comment for one only where its line ends.
    for _, token, value in lexer(ended):
        kind = _kind(token)
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + value)
        else:
            found.append((kind, value))
        if clock() > until:
            _slow.add(known)
            return None
    if "".join(value for _, value in found) != ended:
        return None
    kind, value = found.pop()
    return [*found, (kind, value[:-1])] if len(value) > 1 else found


def _kind(token: tuple[str, ...]) -> str:
    for end in range(len(token), 0, -1):
        if token[:end] in _KINDS:
            return _KINDS[token[:end]]
    return ""


Lexing = Callable[[str], Iterable[tuple[int, tuple[str, ...], str]]]
_made: dict[str, Lexing] = {}
_slow: set[str] = set()
"""The languages that have taken too long."""


def _lexer(name: str) -> Lexing:
    """Return a lexer, made when it is wanted first: its patterns are compiled then."""
    if name not in _made:
        module, of, options = _LEXERS[name]
        lexer = getattr(import_module(f"pygments.lexers.{module}"), of)(**options)
        lexing: Lexing = lexer.get_tokens_unprocessed
        if name == "swift":
            # Its own method would look every name up in a list of all there are in Cocoa.
            regex = import_module("pygments.lexer").RegexLexer
            lexing = lambda text: regex.get_tokens_unprocessed(lexer, text)  # noqa: E731 - a method, bound
        _made[name] = lexing
    return _made[name]
