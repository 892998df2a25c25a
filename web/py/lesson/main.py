"""Wires the lesson together. Called once, by the page's script, when the lesson's archive is there."""

from __future__ import annotations

from lesson.screens.page import Page


def main() -> None:
    """Bring the page to life."""
    Page().begin()
