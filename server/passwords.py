"""Passwords: hashed with argon2id, off the event loop, a bounded number at once."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from server.errors import BadPasswordError, BusyError

MIN_LENGTH, MAX_LENGTH = 8, 256
"""Characters."""

MEMORY_KIB, ROUNDS, LANES = 19_456, 2, 1
"""OWASP's recommended minimum for argon2id (Password Storage Cheat Sheet)."""

AT_ONCE = 2
MAX_WAITING, RESERVED = 32, 16
"""What may wait for its turn, and what may wait beyond that of those who are known. With these parameters the last of
them waits a second or so."""

NICENESS = 10
"""How far the threads stand back: whoever chats goes before whoever logs in, however many of them there are."""

T = TypeVar("T")


class Passwords:
    """Hashes and checks passwords in a few threads of its own (argon2 lets go of the interpreter meanwhile)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(ROUNDS, MEMORY_KIB, LANES)
        self._nobodys = self._hasher.hash("the password of nobody")
        self._executor = ThreadPoolExecutor(AT_ONCE, "passwords", _stand_back)
        self._pending = 0

    async def hash(self, password: str) -> str:
        """Return the encoded hash of a new password. Raises BadPasswordError and BusyError."""
        password = prepare(password)
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise BadPasswordError
        return await self._run(lambda: self._hasher.hash(password))

    def __len__(self) -> int:
        """Return how many passwords are being looked at or wait for it."""
        return self._pending

    async def verify(self, known: str | None, password: str, *, reserved: bool = False) -> bool:
        """Tell whether ``password`` is the one ``known`` was made of. Raises BusyError.

        ``reserved`` takes one of the places that strangers cannot fill, if need be.
        Nobody's hash (None) takes the same time, so that the time does not tell which names exist.
        """
        try:
            password = prepare(password)
        except BadPasswordError:
            password = ""
        right = await self._run(lambda: self._verify(known or self._nobodys, password[: MAX_LENGTH + 1]), reserved)
        return right and known is not None

    def outdated(self, known: str) -> bool:
        """Tell whether a hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(known)

    def close(self) -> None:
        """Let go of the threads."""
        self._executor.shutdown(cancel_futures=True)

    def _verify(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except VerificationError:
            return False

    async def _run(self, work: Callable[[], T], reserved: bool = False) -> T:
        if self._pending >= AT_ONCE + MAX_WAITING + (RESERVED if reserved else 0):
            raise BusyError
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._pending -= 1


def _stand_back() -> None:
    """Lower the priority of this thread alone, where the system can (on Linux every thread has its own)."""
    if sys.platform == "linux":
        with suppress(OSError):  # forbidden to us here: then whoever chats waits a little longer
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def prepare(password: str) -> str:
    """Return one spelling for what different keyboards make of the same password (NIST SP 800-63B, 3.1.1.2).

    Raises BadPasswordError for what is not well-formed Unicode.
    """
    try:
        return unicodedata.normalize("NFKC", password.encode().decode())
    except UnicodeEncodeError:
        raise BadPasswordError from None
