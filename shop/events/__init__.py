"""Events: the outbox and its relay, the event log in S3, and dead letters."""
