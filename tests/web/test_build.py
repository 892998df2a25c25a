"""The build of the page, on a small web/ of the test's own with a runtime of a few bytes."""

import html
import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import pytest

from web.runtime import build, bundle, quotes
from web.runtime.shelf import BuildError

RUNTIME = Path(build.__file__).parent

PAGE = """<!doctype html>
<html lang="{{lang}}" data-build="{{build}}">
<head>
  <title>{{t:title}}</title>
  <link rel="stylesheet" href="{{static:styles/chat.css}}">
  <link rel="manifest" href="{{static:manifest.webmanifest}}">
  {{preload}}
  {{boot}}
</head>
<body><h1 data-t="title" data-t-aria-label="greeting" aria-label="{{ t:greeting }}">{{t:title}}</h1></body>
</html>
"""

LESSON = """<!doctype html>
<html lang="{{lang}}">
<head>
  <link rel="stylesheet" href="{{static:styles/learn.css}}">
  {{preload}}
  <script type="module" src="{{script:learn}}"></script>
  {{boot}}
</head>
<body><h1>{{t:learn.title}}</h1> {{t:title}} {{prose:first}}</body>
</html>
"""

SOURCES: dict[str, str] = {
    "pages/index.html": PAGE,
    "pages/learn.html": LESSON,
    "styles/chat.css": '@import "base.css"; /* url(nowhere.png) */ body { background: url("../icons/ball.svg#red") }',
    "styles/base.css": "i { background: url(data:image/gif;base64,AA) }",
    "icons/ball.svg": "<svg/>",
    "manifest.webmanifest": '{"lang": "{{lang}}", "name": "{{t:greeting}}", "icon": "{{static:icons/ball.svg}}"}',
    "locales/en.json": '{"title": "Rebond", "greeting": "Say \\"hi\\" & <more>"}',
    "locales/fr.json": '{"title": "Rebond", "greeting": "Dites « é »"}',
    "locales/lesson/en.json": '{"learn.title": "Lesson"}',
    "locales/lesson/fr.json": '{"learn.title": "Leçon"}',
    "locales/lesson/en/first.html": "<p>Of {{number:sockets}}.</p>{{quote:lesson.main:main}}{{snippet:theirs}}",
    "locales/lesson/fr/first.html": "<p>Sur {{number:sockets}}.</p>{{quote:lesson.main:main}}{{snippet:theirs}}",
    "locales/lesson/theirs.txt": "setInterval(init, 1000)",
    "styles/learn.css": "p { color: red }",
    "py/rebond/__init__.py": "",
    "py/rebond/py.typed": "",
    "py/rebond/link.py": "x = 1\n",
    "py/rebond/asyncio/__init__.py": "import websockets\n",
    "py/rebond/simulation/__init__.py": "",
    "py/lesson/__init__.py": "",
    "py/lesson/main.py": 'def main() -> None:\n    """Begin."""\n    return None  # at once\n',
    "py/chat/__init__.py": "",
    "py/chat/main.py": "def main() -> None: ...\n",
    "py/chat/__pycache__/main.cpython-311.pyc": "bytes",
    "node_modules/@pyscript/core/dist/core.js": 'export{e as hooks}from"./core-AB12.js";',
    "node_modules/@pyscript/core/dist/core-AB12.js": 'import("./error-CD34.js");import("./py-game-EF56.js")',
    "node_modules/@pyscript/core/dist/error-CD34.js": 'import{e}from"./core-AB12.js";',
    "node_modules/@pyscript/core/dist/py-game-EF56.js": "",
    "node_modules/pyodide/pyodide.mjs": "mjs",
    "node_modules/pyodide/pyodide.asm.mjs": "asm",
    "node_modules/pyodide/pyodide.asm.wasm": "wasm",
    "node_modules/pyodide/pyodide-lock.json": '{"info": {"python": "3.14"}, "packages": {"numpy": {}}}',
}

Put = Callable[[str, str], None]


class Cheaply:
    """Makes what stands for the real thing, without Node."""

    def __init__(self) -> None:
        self._kept: dict[tuple[bytes | str, ...], bytes] = {}

    def library(self, imports: Collection[str]) -> bytes:
        return bundle.archive({f"{name}.pyc": b"byte code" for name in imports})

    def editor(self, entry: Path) -> bytes:
        return b"made from " + entry.read_bytes()

    def numbers(self) -> Mapping[str, Mapping[str, str]]:
        return {"en": {"sockets": "1,024.5"}, "fr": {"sockets": "1\u202f024,5"}}

    def compiled(self, sources: Mapping[str, bytes], *, quick: bool) -> dict[str, bytes]:
        return {f"{path}c" if path.endswith(".py") else path: source for path, source in sources.items()}

    def snapshot(self, library: bytes, bundle: bytes, modules: Collection[str]) -> bytes:
        return f"snapshot of {library!r} and {sorted(modules)}".encode()

    def kept(self, kind: str, made_from: Iterable[bytes | str], make: Callable[[], bytes]) -> bytes:
        # What colours code is the real thing, and large: it is compressed once for all tests.
        key = (kind, *made_from)
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


MAKING = Cheaply()
BUILD_ID = re.compile(r' data-build="[0-9a-f]{12}"')


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A web/ in which everything is right, with the real boot modules."""
    folder = tmp_path / "web"
    for name, content in SOURCES.items():
        write(folder / name, content)
    for path in (*RUNTIME.glob("*.js"), RUNTIME / "entry.py", RUNTIME / "learn.py"):
        write(folder / "runtime" / path.name, path.read_text())
    return folder


@pytest.fixture
def put(web: Path) -> Put:
    """Writes a file of the test's web/."""
    return lambda name, content: write(web / name, content)


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def built(web: Path) -> dict[str, bytes]:
    """The result of building `web`, by path."""
    out = web.parent / "dist"
    build.build(web, out, MAKING)
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    del found[".lock"]
    return {name: content for name, content in found.items() if not name.endswith((".br", ".gz"))}


def page_of(files: dict[str, bytes], language: str) -> str:
    return files[f"pages/index.{language}.html"].decode()


def static(files: dict[str, bytes], pattern: str) -> str:
    """The one static file whose name matches, by its path."""
    (name,) = (name for name in files if re.fullmatch(f"static/{pattern}", name))
    return name


def test_each_page_comes_in_each_language(web: Path) -> None:
    files = built(web)
    assert '<html lang="en"' in page_of(files, "en")
    assert '<html lang="fr"' in page_of(files, "fr")
    assert "Dites « é »" in page_of(files, "fr")


def test_texts_are_escaped_for_elements_and_attributes(web: Path) -> None:
    assert 'aria-label="Say &quot;hi&quot; &amp; &lt;more&gt;"' in page_of(built(web), "en")


def test_every_url_in_a_page_names_a_file(web: Path) -> None:
    files = built(web)
    urls = re.findall(r'(?:href|src)="/([^"]+)"', page_of(files, "en"))
    assert len(urls) > 10
    assert set(urls) <= files.keys()


def test_names_carry_the_hash_of_the_content(web: Path, put: Put) -> None:
    before = static(built(web), r"chat\.[0-9a-f]{8}\.css")
    put("icons/ball.svg", "<svg><!-- another --></svg>")
    assert before not in page_of(built(web), "en")


def test_styles_refer_to_hashed_files(web: Path) -> None:
    files = built(web)
    ball, base = static(files, r"ball\..*"), static(files, r"base\..*")
    assert files[static(files, r"chat\..*css")].decode() == (
        f'@import "/{base}"; /* url(nowhere.png) */ body {{ background: url("/{ball}#red") }}'
    )


def test_the_manifest_is_filled_in_per_language(web: Path) -> None:
    files = built(web)
    manifests = [json.loads(files[name]) for name in files if name.startswith("static/manifest.")]
    assert {manifest["lang"]: manifest["name"] for manifest in manifests} == {
        "en": 'Say "hi" & <more>',
        "fr": "Dites « é »",
    }


def test_the_bundle_holds_the_python_of_the_page_and_its_texts(web: Path) -> None:
    files = built(web)
    with zipfile.ZipFile(web.parent / "dist" / static(files, r"chat\..*zip")) as bundle:
        ours = [name for name in sorted(bundle.namelist()) if not name.startswith(("markdown_it/", "mdurl/"))]
        assert "markdown_it/main.pyc" in bundle.namelist()
        assert ours == [
            "chat/__init__.pyc",
            "chat/locales/en.json",
            "chat/locales/fr.json",
            "chat/main.pyc",
            "rebond/__init__.pyc",
            "rebond/link.pyc",
            "spelled.pyc",
        ]


def test_only_what_pyscript_loads_is_served(web: Path) -> None:
    served = {name.rpartition("/")[2] for name in built(web) if name.startswith("static/pyscript.")}
    assert served == {"core.js", "core-AB12.js", "error-CD34.js"}


def test_pyodide_is_told_of_no_package_to_fetch(web: Path) -> None:
    files = built(web)
    wrapper = files[static(files, r"interpreter\..*js")].decode()
    assert '{"info": {"python": "3.14"}, "packages": {}}' in wrapper


def test_the_boot_module_finds_what_it_loads(web: Path) -> None:
    files = built(web)
    start, core = static(files, r"start\..*js"), static(files, r"pyscript\..*/core\.js")
    boots = [content.decode() for name, content in files.items() if re.fullmatch(r"static/boot\..*js", name)]
    for boot, entry in zip(sorted(boots, key=lambda boot: "/entry." not in boot), ("entry", "learn"), strict=True):
        assert "{{" not in boot
        assert f'import("/{start}")' in boot
        named = static(files, rf"{entry}\..*py")
        assert f'ask("/{named}")' in boot
    assert f'from "/{core}"' in files[start].decode()


def test_the_record_names_the_build_and_its_files(web: Path) -> None:
    files = built(web)
    record = json.loads(files["build.json"])
    assert f'data-build="{record["build"]}"' in page_of(files, "en")
    assert record["languages"] == ["en", "fr"]
    assert record["pages"] == ["index", "learn"]
    assert record["static"] == {
        name.removeprefix("static/"): len(content) for name, content in files.items() if name.startswith("static/")
    }


def test_the_same_input_gives_the_same_bytes(web: Path, tmp_path: Path) -> None:
    first = built(web)
    elsewhere = tmp_path / "elsewhere" / "web"
    elsewhere.parent.mkdir()
    web.rename(elsewhere)
    for path in elsewhere.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert built(elsewhere) == first


@pytest.mark.parametrize("source", ["py/chat/main.py", "locales/en.json", "pages/index.html", "styles/base.css"])
def test_every_change_gives_another_build(web: Path, put: Put, source: str) -> None:
    before = json.loads(built(web)["build.json"])["build"]
    put(source, SOURCES[source].replace("Rebond", "Bounce") + "\n")
    assert json.loads(built(web)["build.json"])["build"] != before


def test_a_second_build_writes_nothing(web: Path, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    assert build.build(web, out, MAKING).endswith("The page built")
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    assert build.build(web, out, MAKING).endswith("The page is up to date")
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_what_is_no_longer_named_stays_for_one_more_build(web: Path, put: Put) -> None:
    first = static(built(web), r"ball\..*")
    put("icons/ball.svg", "<svg>another</svg>")
    assert first in built(web)
    assert first in built(web), "a build that changes nothing removes nothing"
    put("icons/ball.svg", "<svg>a third</svg>")
    assert first not in built(web)


def test_what_no_build_wrote_goes(web: Path, tmp_path: Path) -> None:
    for stray in ("pages/index.de.html", "static/stray/stray.js", "static/.stray.js.half"):
        write(tmp_path / "dist" / stray, "")
    assert not [name for name in built(web) if "stray" in name or name.endswith("de.html")]
    assert not (tmp_path / "dist" / "static" / "stray").exists()


@pytest.mark.parametrize("record", ["", "{}", "half"])
def test_a_damaged_record_is_no_obstacle(web: Path, tmp_path: Path, record: str) -> None:
    files = built(web)
    (tmp_path / "dist" / "build.json").write_text(record)
    assert built(web) == files


def test_a_damaged_file_is_written_anew(web: Path, tmp_path: Path) -> None:
    files = built(web)
    (tmp_path / "dist" / static(files, r"ball\..*")).write_text("<sv!/>")
    assert built(web) == files


def test_a_failed_build_leaves_the_last_one(web: Path, put: Put, tmp_path: Path) -> None:
    before = built(web)
    put("icons/ball.svg", "<svg>another</svg>")
    put("py/chat/main.py", "def main(:\n")
    with pytest.raises(BuildError):
        build.build(web, tmp_path / "dist", MAKING)
    put("py/chat/main.py", SOURCES["py/chat/main.py"])
    put("icons/ball.svg", SOURCES["icons/ball.svg"])
    assert build.build(web, tmp_path / "dist", MAKING).endswith("The page is up to date")
    assert built(web) == before


@pytest.mark.parametrize(
    ("source", "content", "message"),
    [
        ("pages/index.html", "\n{{t:nobody}}", "web/pages/index.html:2: web/locales/en.json has no text nobody"),
        ("pages/index.html", "{{static:no.css}}", "web/pages/index.html:1: there is no file web/no.css"),
        ("pages/index.html", "{{static:../pyproject.toml}}", "there is no file web/../pyproject.toml"),
        ("pages/index.html", "{{static:py/chat/main.py}}", "there is no file web/py/chat/main.py"),
        ("pages/index.html", "{{wrong}}", "web/pages/index.html:1: unknown placeholder {{wrong}}"),
        ("pages/index.html", "{{wrong:x}}", "web/pages/index.html:1: unknown placeholder {{wrong:x}}"),
        ("pages/index.html", '<p style="color:red">', 'forbids the attribute style="color:red" on <p>'),
        ("pages/index.html", '<p onclick="go()">', 'forbids the attribute onclick="go()" on <p>'),
        ("pages/index.html", "<style>", "forbids a <style> element"),
        ("pages/index.html", "<script>go()</script>", "forbids a script without src"),
        ("pages/index.html", '<a href="javascript:go()">', 'forbids href="javascript:go()" on <a>'),
        ("pages/index.html", '<img src="https://a.example/b.png">', "from another host"),
        ("pages/index.html", '<p data-t="nobody">', 'data-t="nobody" on <p> names no text'),
        ("pages/index.html", '<p data-t-title="nobody">', 'data-t-title="nobody" on <p> names no text'),
        ("styles/base.css", "i{background:url(no.png)}", "web/styles/base.css: there is no file web/styles/no.png"),
        ("styles/base.css", "i{background:url(/a.png)}", "/a.png must be a path relative to the style's own file"),
        ("styles/base.css", "@import 'https://a.example/b.css'", "must be a path relative to the style's own file"),
        ("styles/base.css", "i{background:url(../../a.png)}", "../../a.png lies outside web/"),
        ("styles/base.css", "@import 'chat.css'", "web/styles/chat.css refers to itself"),
        ("locales/fr.json", '{"title": "Rebond"}', "web/locales/fr.json lacks greeting"),
        ("locales/fr.json", '{"title": "a", "title": "b"}', "web/locales/fr.json: given twice: title"),
        ("locales/fr.json", '{"title": 1}', "must be one object that maps keys to texts"),
        ("locales/fr.json", "{", "web/locales/fr.json: "),
        ("locales/lesson/en.json", '{"learn.title": "", "title": ""}', "web/locales/lesson/fr.json lacks title"),
        ("locales/lesson/en/first.html", "{{number:x}}", "first.html:1: lesson.numbers computes no x for en"),
        ("locales/lesson/en/first.html", "{{quote:lesson.no:main}}", "there is no module lesson.no"),
        ("locales/lesson/en/first.html", "{{quote:lesson.main:no}}", "there is no no in lesson/main.py"),
        (
            "locales/lesson/en/first.html",
            "{{quote:lesson.main:main / no / None}}",
            "no line of lesson.main",
        ),
        ("locales/lesson/en/first.html", "{{quote:lesson.main:main / def / no}}", "no line of lesson.main"),
        ("locales/lesson/en/first.html", '<p style="color:red">', "forbids the attribute style"),
        ("pages/learn.html", "{{script:nobody}}", "there is no script nobody for this page"),
        ("pages/index.html", "{{t:learn.title}}", "web/locales/en.json has no text learn.title"),
        ("py/chat/main.py", "\ndef main(:\n", "web/py/chat/main.py:2: invalid syntax"),
        ("node_modules/@pyscript/core/dist/error-GH78.js", "", "does not hold PyScript as expected"),
    ],
)
def test_a_mistake_is_named_with_its_place(web: Path, put: Put, source: str, content: str, message: str) -> None:
    put(source, content)
    with pytest.raises(BuildError) as caught:
        build.gather(web, MAKING)
    assert message in str(caught.value)


@pytest.mark.parametrize("source", ["pages/index.html", "styles/base.css", "manifest.webmanifest", "locales/en.json"])
def test_what_is_no_text_is_named(web: Path, source: str) -> None:
    with (web / source).open("ab") as file:
        file.write(b"\xff")
    with pytest.raises(BuildError, match=f"web/{source}: 'utf-8' codec can't decode byte 0xff"):
        build.gather(web, MAKING)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("node_modules/pyodide/pyodide.asm.wasm", "the browser's runtime is not installed"),
        ("node_modules/@pyscript/core/dist/core-AB12.js", "the browser's runtime is not installed"),
        ("py/chat/__init__.py", "there is no package chat"),
        ("pages/index.html", "there is no page index.html"),
        ("py/lesson/__init__.py", "there is no package lesson"),
        ("locales/lesson/fr/first.html", "there is no file web/locales/lesson/fr/first.html"),
        (
            "locales/lesson/theirs.txt",
            "web/locales/lesson/en/first.html:1: there is no file web/locales/lesson/theirs.txt",
        ),
        ("locales/lesson/fr.json", "web/locales and web/locales/lesson are not in the same languages"),
    ],
)
def test_what_is_missing_is_named(web: Path, missing: str, message: str) -> None:
    (web / missing).unlink()
    with pytest.raises(BuildError, match=re.escape(message)):
        build.gather(web, MAKING)


def test_there_must_be_texts(web: Path) -> None:
    for path in (web / "locales").glob("*.json"):
        path.unlink()
    with pytest.raises(BuildError, match="there are no texts"):
        build.gather(web, MAKING)


@pytest.fixture
def command(web: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the command build the test's web/. Returns where to."""
    monkeypatch.setattr(build, "WEB", web)
    monkeypatch.setattr(build, "Workshop", lambda *_: MAKING)
    monkeypatch.setattr(Cheaply, "tidy", lambda _: None, raising=False)
    monkeypatch.setattr("sys.argv", ["build", "--out", str(web.parent / "dist")])
    return web.parent / "dist"


def test_the_command_says_in_one_line_that_it_cannot_write(command: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.write_text("no folder")
    assert build.main() == 1
    assert re.fullmatch(rf"rebond: .*File exists: '{re.escape(str(command))}'\n", capsys.readouterr().err)


@pytest.mark.usefixtures("command")
def test_the_command_says_what_is_wrong_in_one_line(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main() == 0
    assert re.search(
        r"the Python of the page +\d+ kB, +\d+ kB on the wire\n(.*\n)*The page built \(\d+\.\d s\)\n",
        capsys.readouterr().out,
    )
    put("pages/index.html", "{{wrong}}")
    assert build.main() == 1
    assert capsys.readouterr().err == "rebond: web/pages/index.html:1: unknown placeholder {{wrong}}\n"


def test_the_service_worker_keeps_every_file_that_is_not_for_later(web: Path) -> None:
    files = built(web)
    worker = files["pages/worker.js"].decode()
    (listed,) = re.findall(r"const files = '([^']*)'", worker)
    static = {f"/{name}" for name in files if name.startswith("static/")}
    later = {name for name in static if name.endswith(".snapshot") or "/editor." in name}
    assert static - set(listed.split()) == later
    assert len(later) == 2
    assert f'"{json.loads(files["build.json"])["build"]}"' in worker


def test_the_chat_gets_the_same_bytes_whatever_the_lesson_holds(web: Path, put: Put) -> None:
    before = built(web)
    put("py/lesson/main.py", "import sqlite3\n\ndef main() -> None: ...\n")
    put("locales/lesson/en.json", '{"learn.title": "Another"}')
    after = built(web)
    for language in ("en", "fr"):
        page, same = (BUILD_ID.sub("", page_of(files, language)) for files in (before, after))
        assert page == same
    lesson = static({name: b"" for name in after if name not in before}, r"lesson\..*zip")
    with zipfile.ZipFile(io.BytesIO(after[lesson])) as archive:
        assert "sqlite3.pyc" in archive.namelist()


def test_the_lesson_shares_what_the_chat_loads(web: Path) -> None:
    files = built(web)
    chat, lesson = (
        set(re.findall(r'(?:href|src)="(/static/[^"]+)"', files[f"pages/{name}.en.html"].decode()))
        for name in ("index", "learn")
    )
    assert {re.sub(r"\.[0-9a-f]{8}\.", ".", Path(url).name) for url in lesson - chat} == {
        "boot.js",
        "learn.css",
        "learn.js",
        "learn.py",
    }


def test_the_archive_of_the_lesson_holds_its_python_and_its_texts(web: Path) -> None:
    files = built(web)
    with zipfile.ZipFile(io.BytesIO(files[static(files, r"lesson\..*zip")])) as archive:
        assert archive.namelist() == [
            "lesson/__init__.pyc",
            "lesson/locales/en.json",
            "lesson/locales/fr.json",
            "lesson/main.pyc",
            "rebond/simulation/__init__.pyc",
        ]


def test_a_text_quotes_code_and_numbers(web: Path) -> None:
    files = built(web)
    english, french = (files[f"pages/learn.{language}.html"].decode() for language in ("en", "fr"))
    assert '<p>Of <b class="number">1,024.5</b>.</p>' in english
    assert '<p>Sur <b class="number">1\u202f024,5</b>.</p>' in french
    shown = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", english, re.DOTALL)
    assert [html.unescape(re.sub("<[^>]+>", "", code)) for code in shown] == [
        "def main() -> None:\n    return None  # at once\n",
        "setInterval(init, 1000)\n",
    ]


def test_a_listing_says_how_far_each_line_is_indented_and_colours_each_line_by_itself() -> None:
    shown = quotes.listing('def f():\n    a = """b\nc"""\n\n')
    assert shown == (
        '<pre class="listing"><code>'
        '<span class="code-line in-0"><span class="word">def</span> f():\n</span>'
        '<span class="code-line in-4">    a = <span class="string">&quot;&quot;&quot;b</span>\n</span>'
        '<span class="code-line in-0"><span class="string">c&quot;&quot;&quot;</span>\n</span>'
        "</code></pre>"
    )


def test_the_scripts_of_the_lesson_find_what_they_load(web: Path) -> None:
    files = built(web)
    editor, runner, archive = (
        static(files, pattern) for pattern in (r"editor\..*js", r"runner\..*js", r"lesson\..*zip")
    )
    assert f'import("/{editor}")' in files[static(files, r"learn\..*js")].decode()
    assert f'"/{runner}"' in files[static(files, r"sandbox\..*js")].decode()
    assert f'"/{archive}"' in files[runner].decode()
    assert f'fetch("/{archive}")' in files[static(files, r"learn\..*js")].decode()


def test_the_service_worker_serves_every_page_of_the_build(web: Path) -> None:
    files = built(web)
    (pages,) = re.findall(r"const pages = '([^']*)'", files["pages/worker.js"].decode())
    assert pages.split() == ["/", "/learn"]
