"""The random numbers of the drills, drawn from the operating system.

A generator with a state of its own would produce the same numbers in all processes forked from one.
"""

import random

chance = random.SystemRandom()
