"""Packs what a server needs into one archive: `python deploy/pack.py` writes dist/rebond-<version>-<commit>.tar.gz.

The page has to be built. What is packed is what lies there, committed or not; the name says "-changed" then.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTENTS = (
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "deploy",
    "docs",
    "pyproject.toml",
    "requirements/runtime.txt",
    "server",
    "web/dist",
    "web/py",
)
LEFT_OUT = ("__pycache__", ".lock")


def main() -> int:
    """Pack, and say what came of it. Returns the exit status."""
    if not (ROOT / "web" / "dist" / "build.json").is_file():
        print("rebond: the page is not built: run `make release`, which does it first", file=sys.stderr)
        return 1
    target = ROOT / "dist" / f"rebond-{version()}-{commit()}.tar.gz"
    target.parent.mkdir(exist_ok=True)
    pack(target)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.0f} MB")
    return 0


def pack(target: Path, root: Path = ROOT) -> None:
    """Pack what lies below ``root``, in a folder named like the archive."""
    # What is big in it is compressed already.
    with tarfile.open(target, "w:gz", compresslevel=1) as archive:
        for name in CONTENTS:
            archive.add(root / name, f"{target.name.removesuffix('.tar.gz')}/{name}", filter=_anybodys)


def _anybodys(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what only this machine has, its users' names too."""
    if entry.name.endswith(LEFT_OUT):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def version() -> str:
    """Return the version of the project."""
    project: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project["version"]


def commit() -> str:
    """Return what git calls the state of the tree."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty=-changed", "--exclude=*"],  # noqa: S607 - the git of whoever packs
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
