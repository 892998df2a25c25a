"""The texts of the pages, by language: <folder>/<language>.json, flat, the same keys in all of them.

Those of web/locales are the chat's, those of web/locales/lesson the lesson's; no key is in both.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from web.runtime.shelf import BuildError

Texts = Mapping[str, str]


def load(folder: Path) -> dict[str, Texts]:
    """All languages in `folder`. Raises BuildError for what is not flat JSON, and for a key one of them lacks."""
    shown = "web/" + "/".join(folder.parts[folder.parts.index("locales") :])
    languages = {path.stem: parse(path, shown) for path in sorted(folder.glob("*.json"))}
    if not languages:
        raise BuildError(f"there are no texts in {folder}")
    known = set().union(*languages.values())
    for language, texts in languages.items():
        if lacking := sorted(known - texts.keys()):
            raise BuildError(f"{shown}/{language}.json lacks {', '.join(lacking)}")
    return languages


def joined(languages: Mapping[str, Texts], more: Mapping[str, Texts]) -> dict[str, Texts]:
    """The texts of two folders together. Raises BuildError where they do not fit."""
    if languages.keys() != more.keys():
        raise BuildError("web/locales and web/locales/lesson are not in the same languages")
    for language, texts in languages.items():
        if both := sorted(texts.keys() & more[language].keys()):
            raise BuildError(f"web/locales/lesson/{language}.json repeats {', '.join(both)}")
    return {language: {**texts, **more[language]} for language, texts in languages.items()}


def parse(path: Path, shown: str) -> Texts:
    """One language's texts; `shown` is the folder as it is named in an error."""
    try:
        texts = json.loads(path.read_text("utf-8"), object_pairs_hook=without_repetition)
    except ValueError as error:
        raise BuildError(f"{shown}/{path.name}: {error}") from error
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise BuildError(f"{shown}/{path.name} must be one object that maps keys to texts")
    return texts


def without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object whose keys are each given once; of two, `json` would keep the last without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"given twice: {', '.join(sorted({name for name in names if names.count(name) > 1}))}")
    return found
