"""``python -m bench [part …]``: measures, and writes Markdown to standard output; how it goes, to standard error."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench import delivery, lesson, machine, recovery, room, search, start, storing
from web.runtime.install import InstallError

MEMBERS = 200


def _recovery(*, quick: bool) -> str:
    outages = recovery.QUICK if quick else recovery.FULL
    returns = recovery.measure(outages, (recovery.REBOND, *recovery.RIVALS))
    if not quick:
        stale = recovery.measure(recovery.LONG, (recovery.REBOND,), token_seconds=recovery.BRIEF_TOKENS)
        returns += [replace(back, client=recovery.STALE) for back in stale]
    # Apart from the others: its sockets multiply, and take the processor from them.
    returns += recovery.measure(recovery.QUICK if quick else recovery.SHORT, (recovery.ARTICLE,))
    return f"{machine.browser()}.\n\n{recovery.report(returns)}"


def _delivery(*, quick: bool) -> str:
    members = MEMBERS // 4 if quick else MEMBERS
    costs, memory = delivery.measure(members)
    return delivery.report(costs, memory, members)


def _storing(*, quick: bool) -> str:
    return storing.report(storing.measure(1 if quick else storing.ROUNDS))


def _start(*, quick: bool) -> str:
    return start.report(start.measure(1, 1) if quick else start.measure(3, 3))


def _lesson(*, quick: bool) -> str:
    return lesson.report(lesson.measure(1, 2.0) if quick else lesson.measure(lesson.RUNS, lesson.SECONDS))


def _search(*, quick: bool) -> str:
    messages = search.QUICK if quick else search.MESSAGES
    return search.report(search.measure(messages, 3 if quick else search.REPEATED), messages)


def _room(*, quick: bool) -> str:
    visits = (
        room.measure(room.QUICK, 1, room.TURNS // 4) if quick else room.measure(room.LARGE, room.ROUNDS, room.TURNS)
    )
    return f"{machine.browser()}.\n\n{room.report(visits)}"


PARTS: dict[str, tuple[str, Callable[..., str]]] = {
    "recovery": ("From the server's answer to live", _recovery),
    "start": ("Starting", _start),
    "lesson": ("The lesson's figures", _lesson),
    "delivery": ("Delivering", _delivery),
    "storing": ("Storing", _storing),
    "search": ("Searching", _search),
    "room": ("A long room", _room),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for, all of them by default, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all when none is named")
    parser.add_argument(
        "--quick", action="store_true", help="see whether it works: few repetitions, no figures to keep"
    )
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]}: choose from {', '.join(PARTS)}")
    print(f"Measured on {machine.described()}.", flush=True)
    try:
        for part in options.parts or PARTS:
            title, measure = PARTS[part]
            print(f"Measuring {part} …", file=sys.stderr, flush=True)
            print(f"\n## {title}\n\n{measure(quick=options.quick)}", flush=True)
    except (InstallError, TimeoutError, subprocess.CalledProcessError) as error:
        print(f"rebond: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
