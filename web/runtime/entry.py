# Rebond: the page's one script. The chat is imported from its files, so that a traceback names real files and lines.

from chat.main import main

main()
