"""The error that the stack raises when it cannot start."""


class StackError(Exception):
    """The message is one line for the developer: what is wrong and what to do about it."""
