"""The figures in the page."""
