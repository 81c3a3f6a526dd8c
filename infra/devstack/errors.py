"""What the stack says when it cannot start."""


class StackError(Exception):
    """One line for the person at the keyboard: what is wrong, and what to do about it."""
