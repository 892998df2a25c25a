"""The chat in the page: pure state here, tested without a browser; what shows it and listens in ``chat.screens``."""
