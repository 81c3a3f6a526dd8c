"""Chance for drills: drawn from the system, because a generator would go on alike in all processes
forked from one.
"""

import random

chance = random.SystemRandom()
