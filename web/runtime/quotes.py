"""Code in a page: cut from the source that runs, so that it cannot say anything else, and coloured."""

import ast
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from textwrap import dedent

from web.runtime.shelf import BuildError

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

# Enough of both languages for what the lesson shows.
TOKEN = re.compile(
    r"""(?P<note>\#[^\n]*|(?<!:)//[^\n]*)
    |(?P<string>\"\"\".*?\"\"\"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`)
    |\b(?P<word>and|as|async|await|break|class|continue|def|elif|else|except|export|finally|for|from|if|import|in|is
        |let|const|new|not|or|pass|raise|return|try|while|with|yield|lambda|None|True|False|self)\b
    |\b(?P<count>\d[\d_]*(?:\.\d+)?)\b""",
    re.VERBOSE | re.DOTALL,
)


def source(roots: Iterable[Path], reference: str) -> str:
    """The source of `module:name`, found below one of `roots`: dedented, without its docstring.

    Of a constant that is a text, the text. `module:name / first / last` is the part from the line that begins with
    `first` to the next that holds `last`. Raises BuildError.
    """
    place, *ends = (part.strip() for part in reference.split(" / "))
    module, _, name = place.partition(":")
    path = Path(f"{module.replace('.', '/')}.py")
    file = next((root / path for root in roots if (root / path).is_file()), None)
    if file is None:
        raise BuildError(f"there is no module {module}")
    text = file.read_text("utf-8")
    body: list[ast.stmt] = ast.parse(text).body
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((node for node in body if part in names_of(node)), None)
        if found is None:
            raise BuildError(f"there is no {name} in {path.as_posix()}")
        body = found.body if isinstance(found, Named) else []
    assert found is not None, "a name has at least one part"
    match found:
        case ast.Assign(value=ast.Constant(value=str(constant))):
            return constant
        case _:
            return part_of(dedent(cut(text.splitlines(), found)), ends, place)


def part_of(code: str, ends: Sequence[str], place: str) -> str:
    """The lines from one of the `ends` to the other, all of them if there are none. Raises BuildError."""
    if not ends:
        return code
    lines = code.splitlines()
    first, last = ends
    start = next((at for at, line in enumerate(lines) if line.strip().startswith(first)), None)
    if start is None:
        raise BuildError(f"no line of {place} begins with {first}")
    end = next((at for at, line in enumerate(lines) if at >= start and last in line), None)
    if end is None:
        raise BuildError(f"no line of {place} after that holds {last}")
    return dedent("\n".join(lines[start : end + 1]))


def names_of(node: ast.stmt) -> list[str]:
    """The names that a statement gives a value to."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def cut(lines: list[str], node: ast.stmt) -> str:
    """The lines of a statement, without its docstring and those of the functions in it."""
    dropped: set[int] = set()
    for each in ast.walk(node):
        if isinstance(each, Named) and ast.get_docstring(each) is not None:
            first = each.body[0]
            dropped |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    kept = [lines[line - 1] for line in range(start, (node.end_lineno or start) + 1) if line not in dropped]
    return "\n".join(kept)


def listing(code: str) -> str:
    """Code as an element: its parts marked for colours, its lines for how far they are indented.

    A line that is too long for its place goes on below, further in than it begins (web/styles/learn.css).
    """
    code = code.rstrip()

    def mark(match: re.Match[str]) -> str:
        before, after = f'<span class="{match.lastgroup}">', "</span>"
        return before + escape(match[0]).replace("\n", f"{after}\n{before}") + after

    marked, end = "", 0
    for match in TOKEN.finditer(code):
        marked += escape(code[end : match.start()]) + mark(match)
        end = match.end()
    marked += escape(code[end:])
    lines = [
        f'<span class="code-line in-{len(plain) - len(plain.lstrip())}">{line}\n</span>'
        for plain, line in zip(code.split("\n"), marked.split("\n"), strict=True)
    ]
    return f'<pre class="listing"><code>{"".join(lines)}</code></pre>'
