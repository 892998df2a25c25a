"""Run in Pyodide by the build, before its memory is kept: imports what the page needs and what holds no JavaScript."""

import gc
import importlib
import os


def main() -> None:
    for module in os.environ["REBOND_IMPORTS"].split():
        importlib.import_module(module)
    del os.environ["REBOND_IMPORTS"]
    gc.collect()


main()
