"""Messages to people: their words, their look, and the way to the mail server."""
