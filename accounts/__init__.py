"""People: the user, addresses and the session backend."""
