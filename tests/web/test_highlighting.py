"""The archive of lexers holds all that they import."""

import subprocess
import sys
from pathlib import Path

from chat.highlighting import LANGUAGES
from web.runtime import highlighting, imports
from web.runtime.bundle import CHAT, gather

WEB = Path(__file__).parents[2] / "web"

LEX = """
import sys
sys.path[:] = [*(path for path in sys.path if "site-packages" not in path), *sys.argv[1:3]]
from chat.highlighting import pieces
before = set(sys.modules)
for name in sys.argv[3:]:
    assert pieces(name, "a = 1", lambda: 0.0) is not None, name
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before} - {"pygments"}))
"""


def test_the_lexers_need_nothing_that_is_not_there(tmp_path: Path) -> None:
    for name, content in highlighting.sources().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    command = [sys.executable, "-I", "-S", "-c", LEX, str(tmp_path), str(WEB / "py"), *LANGUAGES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    there = {
        name.partition(".")[0] for name in imports.read(gather(WEB / "py", CHAT, {})).library | highlighting.LIBRARY
    }
    assert {name for name in done.stdout.split() if not name.startswith("_")} - there == set()
