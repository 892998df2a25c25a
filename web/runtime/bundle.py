"""The Python that runs in the pages, in two archives: the chat with the library, and what the lesson has besides."""

import importlib.util
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from web.runtime.shelf import BuildError


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: folders below web/py, all but some, and the texts where the Python looks for them.

    `others` are other people's packages of pure Python, as requirements/runtime.txt pins them; `modules` are what the
    byte code that the build makes needs.
    """

    packages: tuple[str, ...]
    without: tuple[str, ...]
    texts: str
    others: tuple[str, ...] = ()
    modules: tuple[Path, ...] = ()


INSIDE = Path(__file__).resolve().parent / "inside"

# Without the shell for CPython, and the virtual network of the tests and of the lesson.
CHAT = Contents(
    ("rebond", "chat"),
    ("rebond/asyncio/", "rebond/simulation/", "markdown_it/cli/"),
    "chat/locales",
    ("markdown_it", "mdurl"),
    (INSIDE / "spelled.py",),
)
LESSON = Contents(("rebond/simulation", "lesson"), (), "lesson/locales")

NOT_NEEDED = {".md", ".pyc", ".typed", ".yaml"}
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time a zip archive can name: the same for every file, so that the same input gives the same bytes."""


def gather(python: Path, contents: Contents, texts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of an archive by their path in it; `texts` maps file names to contents.

    Raises BuildError for a package that is missing and for Python that does not compile.
    """
    files = {f"{contents.texts}/{name}": content for name, content in texts.items()}
    files |= {path.name: path.read_bytes() for path in contents.modules}
    for package, folder in folders(python, contents):
        for path in sorted(folder.rglob("*")):
            name = f"{package}/{path.relative_to(folder).as_posix()}"
            if path.is_file() and path.suffix not in NOT_NEEDED and not name.startswith(contents.without):
                files[name] = path.read_bytes()
    for name, content in files.items():
        if name.endswith(".py"):
            check(name, content)
    return files


def folders(python: Path, contents: Contents) -> Iterator[tuple[str, Path]]:
    """Every package of an archive, and its folder. Raises BuildError for one that is missing."""
    for package in contents.packages:
        if not (python / package / "__init__.py").is_file():
            raise BuildError(f"there is no package {package} in {python}")
        yield package, python / package
    for package in contents.others:
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise BuildError(f"the package {package} is not installed; run `make setup`")
        yield package, Path(found.origin).parent


def check(name: str, content: bytes) -> None:
    """Raises BuildError where the page would only find a SyntaxError after the whole runtime has started."""
    try:
        compile(content, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise BuildError(f"web/py/{name}:{error.lineno}: {error.msg}") from error


def beyond(whole: bytes, part: bytes) -> dict[str, bytes]:
    """The files of one archive that another has not."""
    with zipfile.ZipFile(io.BytesIO(whole)) as more, zipfile.ZipFile(io.BytesIO(part)) as less:
        return {name: more.read(name) for name in more.namelist() if name not in set(less.namelist())}


def archive(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip archive. They are stored: HTTP compresses the archive as a whole, and better."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as bundle:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, whichever system builds
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, files[name])
    return buffer.getvalue()
