"""The shop's settings with the drill added; only the processes that a drill starts use them.

DRILL_SABOTAGE names a guard to disable. DRILL_KILLS is the file in which kills are counted, and
DRILL_KILLS_WANTED is how many there should be; without them no process is killed.
DRILL_EXPIRY_SECONDS is when an unpaid order expires, DRILL_DYNAMODB_SECONDS is how long DynamoDB
may take.
"""

from shop.settings import *  # noqa: F403
from shop.settings import env

CHECKOUT_EXPIRY_MINUTES = env.float("DRILL_EXPIRY_SECONDS", default=1800.0) / 60
DRILL_SABOTAGE = env.str("DRILL_SABOTAGE", default="")
DRILL_DYNAMODB_SECONDS = env.float("DRILL_DYNAMODB_SECONDS", default=0.0)
DRILL_KILLS = env.str("DRILL_KILLS", default="")
DRILL_KILLS_WANTED = env.int("DRILL_KILLS_WANTED", default=0)
