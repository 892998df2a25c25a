"""No colours: what is written goes to the browser's console. ``traceback`` asks for them all the same."""


class Plain(str):
    """No text, of which every part is no text either: a theme, its sections and their colours at once."""

    __slots__ = ()

    def __getattr__(self, _: str) -> "Plain":
        return self


def can_colorize(**_: object) -> bool:
    return False


def get_theme(**_: bool) -> Plain:
    return Plain()


def decolor(text: str) -> str:
    return text
