"""The embedded stack: a real PostgreSQL and an emulated AWS, run as child processes on loopback.

`run` is what `make run` calls; `exec -- COMMAND` runs a command with a stack of its own;
pytest_plugin does the same for the tests.
"""
