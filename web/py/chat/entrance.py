"""What the door has to say about new accounts: who may make one, and whether a join code is asked for."""

from __future__ import annotations

from chat.order import Policy


class Entrance:
    """What is known of who may come in. While the server has not said, the form says no more than it did."""

    def __init__(self) -> None:
        self.policy: Policy | None = None
        self.first = False
        """Whether nobody has an account yet: whoever makes one owns the place."""

    def told(self, body: object) -> None:
        """Take what the server says. What makes no sense is as if it had said nothing."""
        match body:
            case {"registration": str(policy), "first": bool(first)} if policy in set(Policy):
                self.policy, self.first = Policy(policy), first
            case _:
                pass

    def refused(self, code: str) -> None:
        """Learn from what a form that was sent off came back with."""
        if code == "bad_code":
            self.policy, self.first = Policy.CODE, False
        elif code == "registration_closed":
            self.policy, self.first = Policy.CLOSED, False

    @property
    def wants_code(self) -> bool:
        """Whether a join code is asked for."""
        return self.policy is Policy.CODE and not self.first

    @property
    def closed(self) -> bool:
        """Whether nobody is let in."""
        return self.policy is Policy.CLOSED and not self.first

    @property
    def words(self) -> str:
        """The key of the text that says so; empty where there is nothing to say."""
        if self.first:
            return "register.first"
        match self.policy:
            case Policy.CODE:
                return "register.code_needed"
            case Policy.CLOSED:
                return "register.closed"
            case _:
                return ""
