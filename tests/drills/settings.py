"""The shop's settings with the drill added; only the processes that a drill starts use them.

DRILL_SABOTAGE names a guard to disable. DRILL_KILLS is the file in which kills are counted, and
DRILL_KILLS_WANTED is how many there should be; without them no process is killed.
DRILL_EXPIRY_SECONDS is when an unpaid order expires, DRILL_DYNAMODB_SECONDS is how long DynamoDB
may take.
"""

from os import environ

from shop.settings import *  # noqa: F403
from shop.settings import LIMITS

# A drill is one shopper in a great hurry.
LIMITS = dict.fromkeys(LIMITS)
# Sooner than that, also in drills.
PAYMENT_REMINDER_MINUTES = 1 / 60
CHECKOUT_EXPIRY_MINUTES = float(environ.get("DRILL_EXPIRY_SECONDS", 1800)) / 60
DRILL_SABOTAGE = environ.get("DRILL_SABOTAGE", "")
DRILL_DYNAMODB_SECONDS = float(environ.get("DRILL_DYNAMODB_SECONDS", 0))
DRILL_KILLS = environ.get("DRILL_KILLS", "")
DRILL_KILLS_WANTED = int(environ.get("DRILL_KILLS_WANTED", 0))
