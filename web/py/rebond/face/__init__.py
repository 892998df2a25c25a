"""What a program sees of a link, the same in a page and in CPython."""
