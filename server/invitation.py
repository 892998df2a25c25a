"""The link that somebody joins by, and its QR code."""

from __future__ import annotations

import io
from typing import Annotated

import segno
from msgspec import Meta

Origin = Annotated[str, Meta(pattern=r"^(https?://[A-Za-z0-9.:\[\]-]{1,255})?\Z")]
"""Where a chat is, as a browser writes it: scheme, host and port, and nothing after them."""


def link(origin: str, code: str) -> str:
    """Return the link to the door with the code filled in.

    It stands in the fragment: no browser sends that (RFC 9110, section 7.1), so it is in no log on the way either.
    """
    return f"{origin}/#join={code}"


def drawn(text: str) -> bytes:
    """Draw a text as a QR code (ISO/IEC 18004): an SVG without any size of its own, dark on light in either theme."""
    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        image, kind="svg", omitsize=True, xmldecl=False, border=4, dark="#000", light="#fff"
    )
    return image.getvalue()
