# Rebond: the lesson's one script. What the lesson has besides the chat's archive comes in one of its own.

import asyncio
import sys
from pathlib import Path

import js

import rebond

AT = "{{lesson_at}}"


def keep(archive: bytes) -> None:
    """Put the archive where Python finds it."""
    Path(AT).write_bytes(archive)
    sys.path.append(AT)
    rebond.__path__.append(f"{AT}/rebond")


async def learn() -> None:
    """Wait for the archive, which web/runtime/learn.js fetches, and begin."""
    try:
        keep((await js.lessonArchive).to_bytes())
        from lesson.main import main

        await main()
    except BaseException:
        js.document.documentElement.dataset.boot = "failed"
        raise


learning = asyncio.ensure_future(learn())
learning.add_done_callback(lambda done: done.result())
