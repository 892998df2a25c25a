"""What a browser says of itself, made coarse: enough to know one's own devices apart, and no more is kept."""

from __future__ import annotations

BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""By what their User-Agent holds, in the order to look: most of them also name those that they descend from."""

SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device(agent: str) -> str:
    """Return browser and system of a User-Agent (RFC 9110, section 10.1.5), as ``Firefox/Linux``; empty if unknown."""
    found = [next((name for mark, name in known.items() if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return "/".join(found) if any(found) else ""
