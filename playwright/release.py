"""Serves the pages of another folder than web/dist: ``python release.py <folder>``. Two releases need two folders."""

import functools
import sys
from pathlib import Path
from unittest import mock

from server import main
from server.pages import Pages


def serve(folder: Path) -> int:
    """Serve as ``rebond serve`` does."""
    with mock.patch.object(main, "Pages", functools.partial(Pages, folder)):
        return main.main(["serve"])


if __name__ == "__main__":
    sys.exit(serve(Path(sys.argv[1])))
