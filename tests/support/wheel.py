"""The library as people get it: the wheel, and what a page needs besides to install it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "web" / "py"
"""Where the wheel is built from."""
FOR_CPYTHON = PROJECT / "rebond-asyncio"
"""Where the wheel of rebond.asyncio is built from."""
FOR_STORAGE = PROJECT / "rebond-storage"
"""Where the wheel of rebond.browser.storage is built from."""
MODULES = ROOT / "web" / "node_modules"
DOWNLOADS = Path(sys.prefix) / "downloads"
"""Where what the tests have brought in stays, beside everything else that was set up."""


def build_wheel(folder: Path, project: Path = PROJECT) -> Path:
    """Build a wheel into ``folder``, as ``python -m build`` would, without network access; return its path."""
    command = [sys.executable, "-W", "error", "-m", "hatchling", "build", "--target", "wheel"]
    _run([*command, "--directory", str(folder)], project)
    [wheel] = folder.glob("*.whl")
    return wheel


def micropip_wheel() -> Path:
    """Return micropip's wheel, which is brought in once; pip checks its hash."""
    folder = DOWNLOADS / "micropip"
    if not list(folder.glob("*.whl")):
        requirements = ROOT / "requirements" / "micropip.txt"
        options = ["--no-deps", "--only-binary=:all:", "--python-version=3.14", "--require-hashes"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "-r", str(requirements)]
        _run([*command, "--dest", str(folder)], ROOT)
    [wheel] = folder.glob("*.whl")
    return wheel


def lock_with(wheel: Path) -> bytes:
    """Return Pyodide's list of packages with the hash of ``wheel``, micropip's.

    Pyodide's own build of the same version differs in a few bytes, and the page checks them.
    """
    lock = json.loads((MODULES / "pyodide" / "pyodide-lock.json").read_bytes())
    entry = lock["packages"]["micropip"]
    assert entry["file_name"] == wheel.name, f"requirements/micropip.txt: Pyodide wants {entry['file_name']}"
    entry["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return json.dumps(lock).encode()


def _run(command: list[str], directory: Path) -> None:
    done = subprocess.run(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}"
