"""What every gunicorn of the shop needs; it reads this file in the directory that it starts in."""

logger_class = "shop.gunicorn_logger.RedactingLogger"
