"""User accounts: users, addresses and the session backend."""
