"""What the pages of the lesson load besides what every page does: their Python, their scripts, and the editor."""

from pathlib import Path

from web.runtime import bundle, imports, pages, starting
from web.runtime.compression import Begin
from web.runtime.shelf import Shelf
from web.runtime.workshop import BUNDLE_AT, Making

LESSON_AT = "/lib/lesson.zip"
"""Where the lesson's Python stands in Pyodide's file system."""


def gather(
    web: Path, shelf: Shelf, making: Making, engine: starting.Engine, begin: Begin, *, quick: bool
) -> pages.Tags:
    """Put it all on the shelf. Returns the tags that load it and start the lesson."""
    sources = bundle.gather(web / "py", bundle.LESSON, starting.texts(web / "locales" / "lesson"))
    # What of the standard library the lesson alone needs comes with it: the chat's part stays as small as it is.
    library = making.library(imports.read({**engine.sources, **sources}).library)
    compiled = making.compiled(sources, quick=quick)
    archive = shelf.add("lesson.zip", bundle.archive({**bundle.beyond(library, engine.library), **compiled}))
    begin(shelf.files)
    where = {"lesson": archive, "lesson_at": LESSON_AT}
    entry = starting.script(web, shelf, "learn.py", {"lesson_at": LESSON_AT})
    editor = shelf.add("editor.js", making.editor(web / "runtime" / "editor.js"))
    begin(shelf.files)
    known = {
        **where,
        "pyodide": engine.runtime.pyodide,
        "lock": engine.runtime.lock,
        "library": engine.library_url,
        "bundle": engine.archive_url,
        "bundle_at": BUNDLE_AT,
    }
    runner = starting.script(web, shelf, "runner.js", known)
    scripts = {
        "learn": starting.script(web, shelf, "learn.js", {"lesson": archive, "editor": editor}),
        "sandbox": starting.script(web, shelf, "sandbox.js", {"runner": runner}),
    }
    tags = starting.tags(web, shelf, engine, entry)
    return pages.Tags(tags.preload, tags.boot, scripts)
