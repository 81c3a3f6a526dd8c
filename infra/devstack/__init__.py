"""The embedded stack: a real PostgreSQL and an emulated AWS, on loopback, as child processes of
ours.

`run` is `make run`; `exec -- COMMAND` gives a command a stack of its own; pytest_plugin does the
same for the tests.
"""
