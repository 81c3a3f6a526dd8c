"""Where a stack keeps its data, which ports it uses, and the environment it gives the shop."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from infra.devstack.checks import HOST

ROOT = Path(__file__).resolve().parent.parent.parent
DEVSTACK = ROOT / ".devstack"
ENV_FILE = DEVSTACK / "env"
DATABASE = "trivet"


def load_secrets(data: Path) -> dict[str, str]:
    """Return the secrets of this data folder, generated once and stored beside the data."""
    path = data / "secrets.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {"secret_key": secrets.token_urlsafe(48), "database_password": secrets.token_hex(16)}
    write_private(path, json.dumps(made))
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read.

    The file is replaced in one step, so a reader sees either the old text or the new.
    """
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


@dataclass(frozen=True)
class Config:
    """One stack: its data folder, its ports and whether its data must outlive a machine crash.

    `durable` is False in the tests, whose data may be lost.
    """

    data: Path
    web_port: int
    postgres_port: int
    aws_port: int
    durable: bool = True
    project: str = field(default_factory=lambda: os.environ.get("SHOP_PROJECT", "trivet"))

    @property
    def aws_url(self) -> str:
        return f"http://{HOST}:{self.aws_port}"

    @property
    def shop_url(self) -> str:
        return f"http://{HOST}:{self.web_port}"

    def database_url(self, password: str) -> str:
        """Return the URL of the database, including its password."""
        return f"postgres://{DATABASE}:{password}@{HOST}:{self.postgres_port}/{DATABASE}"

    def environment(self) -> dict[str, str]:
        """Return the environment variables that shop/settings.py, boto3 and the Lambdas read."""
        kept = load_secrets(self.data)
        given = {name: os.environ.get(name, value) for name, value in SHOP_DEFAULTS.items()}
        return given | {
            "DEBUG": "true",
            "SECRET_KEY": kept["secret_key"],
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "DATABASE_URL": self.database_url(kept["database_password"]),
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ACCESS_KEY_ID": "test",  # the emulator accepts any credentials
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "SHOP_PROJECT": self.project,
            "SHOP_URL": self.shop_url,
            "PRODUCT_IMAGES_URL": f"{self.aws_url}/{self.project}-product-images",
        }


SHOP_DEFAULTS = {
    "SHOP_NAME": "Trivet",
    "SHOP_CURRENCY": "EUR",
    "SHOP_EMAIL_FROM": "shop@trivet.example",
    "SHOP_STAFF_EMAIL": "staff@trivet.example",
}


def write_env_file(environment: dict[str, str]) -> None:
    """Write the file from which shop/settings.py learns how to reach the running stack.

    It lets `.venv/bin/python manage.py ...` find the stack from any terminal.
    """
    lines = [f"{name}={value}" for name, value in sorted(environment.items())]
    write_private(ENV_FILE, "\n".join(["# Written by make run.", *lines, ""]))
