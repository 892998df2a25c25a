"""Installs the browser's runtime into web/node_modules, as web/package-lock.json pins it.

`npm ci` checks every file against the hashes of the lock file and runs none of the packages' scripts. A
machine without Node and npm gets both as a Python package, inside the virtual environment.

Run as `python -m web.runtime.install`, with the Python of the virtual environment.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_NPM = 7
"""The first npm that reads the lock file's format."""


class InstallError(Exception):
    """Something is missing; the message says what to do."""


def main() -> int:
    """Install, in silence when all goes well. Returns the exit status."""
    try:
        npm = find_npm(os.environ.get("PATH", os.defpath)) or bring_npm()
        print("Installing PyScript and Pyodide into web/node_modules …", flush=True)
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], ROOT / "web", beside=Path(npm).parent)
    except InstallError as error:
        print(f"rebond: {error}", file=sys.stderr)
        return 1
    return 0


def find_npm(path: str) -> str | None:
    """The npm found in `path` (as in $PATH), if it is new enough and there is a Node for it to run on."""
    npm = shutil.which("npm", path=path)
    if npm is None or shutil.which("node", path=path) is None:
        return None
    asked = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = asked.stdout.strip().partition(".")[0]
    return npm if asked.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM else None


def bring_npm() -> str:
    """Node and npm as a Python package beside the running Python. Raises InstallError without a network."""
    scripts = Path(sys.executable).parent
    if (brought := find_npm(str(scripts))) is not None:
        return brought
    print(f"No Node with npm {OLDEST_NPM} or newer here: installing both into .venv …", flush=True)
    locked = ROOT / "requirements" / "node.txt"
    try:
        run([sys.executable, "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", str(locked)], ROOT)
    except InstallError as error:
        raise InstallError(
            f"Node and npm are missing, and could not be installed as a Python package either ({error}). "
            "Install Node 20 or newer, then try again."
        ) from error
    if (brought := find_npm(str(scripts))) is None:
        raise InstallError("Node and npm were installed but do not run here. Install Node 20 or newer, then try again.")
    return brought


def run(command: Sequence[str], directory: Path, *, beside: Path | None = None) -> None:
    """Run `command` in silence, with `beside` first in its PATH. On failure show what it said, and raise."""
    environment = dict(os.environ)
    if beside is not None:
        environment["PATH"] = f"{beside}{os.pathsep}{environment.get('PATH', os.defpath)}"
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        raise InstallError(f"`{Path(command[0]).name} {' '.join(command[1:])}` failed, see above; is there a network?")


if __name__ == "__main__":
    sys.exit(main())
