"""gunicorn's logger, named in shop/gunicorn_config.py."""

from typing import Any

from gunicorn.glogging import Logger

from shop.logs import RedactingFormatter


class RedactingLogger(Logger):
    """Writes paths and Referers without secrets, into the access log too if there is one."""

    def setup(self, cfg: Any) -> None:
        """Set up the handlers and give them our formatter."""
        super().setup(cfg)
        for log, line in ((self.error_log, self.error_fmt), (self.access_log, self.access_fmt)):
            for handler in log.handlers:
                handler.setFormatter(RedactingFormatter(line, self.datefmt))
