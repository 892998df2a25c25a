"""What shows the chat's state in the page and listens to the reader. Only these modules know of the browser."""
