"""What is unread in one room: what the server has counted, and what has come since."""

from __future__ import annotations


class Unread:
    """Counts what others have said beyond ``read``, the seq up to which one has read.

    The server's count is as of the head that its greeting names: the events up to there, which are replayed after an
    absence, are in it already.
    """

    def __init__(self, read: int = 0, unread: int = 0, mentions: int = 0) -> None:
        self.read = read
        self._counted = (unread, mentions)
        self._floor = 0
        self._awaited = False
        self._since: dict[int, bool] = {}

    @property
    def unread(self) -> int:
        """How many messages of others are unread."""
        return self._counted[0] + len(self._since)

    @property
    def mentions(self) -> int:
        """In how many of them one is mentioned."""
        return self._counted[1] + sum(self._since.values())

    def expect(self, head: int) -> None:
        """A count as of ``head`` is to come: until then things stand as they did."""
        self._floor = head
        self._awaited = True

    def mark(self, read: int, unread: int, mentions: int) -> bool:
        """Take the server's word that one has read up to ``read``, and what is unread beyond.

        Return whether it is the count that was expected.
        """
        if self._awaited:
            self._awaited = False
            self._counted = (unread, mentions)
            self._since = {seq: mentioned for seq, mentioned in self._since.items() if seq > self._floor}
            mine, self.read = self.read, max(read, self.read)
            if mine > read:
                self._settle()  # One has read further here, and the server has not heard of it.
            return True
        # It has counted some of what has come here since, perhaps; how far one has read says what is left.
        self.read_to(read)
        if read < self._floor:
            self._counted = (max(0, unread - len(self._since)), max(0, mentions - sum(self._since.values())))
        return False

    def add(self, seq: int, *, mentioned: bool) -> None:
        """Somebody else has said something."""
        if seq > self._floor and seq > self.read:
            self._since[seq] = mentioned

    def replayed(self, seq: int) -> bool:
        """Tell whether the greeting knew of it already."""
        return seq <= self._floor

    def drop(self, seq: int) -> None:
        """It was deleted."""
        self._since.pop(seq, None)

    def read_to(self, seq: int) -> bool:
        """One has read up to ``seq``; return whether that is further than before."""
        further = seq > self.read
        self.read = max(seq, self.read)
        self._settle()
        return further

    def _settle(self) -> None:
        if self.read >= self._floor:
            self._counted = (0, 0)
        self._since = {seq: mentioned for seq, mentioned in self._since.items() if seq > self.read}
