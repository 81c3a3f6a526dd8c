"""Both Lambdas from the very zip that is deployed, and the emulated AWS around them."""

import importlib.util
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from django.conf import settings

from infra.lambdas.build import build


def _unpack(name: str, folder: Path) -> Path:
    with zipfile.ZipFile(build(name)) as archive:
        archive.extractall(folder)
    return folder


def load(path: Path, name: str) -> ModuleType:
    """Import a module from a path under a unique name, because both Lambdas have a handler.py."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def images_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip of the image Lambda."""
    return _unpack("product_images", tmp_path_factory.mktemp("product_images"))


@pytest.fixture(scope="session")
def notifications_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip of the notification Lambda, importable, because the shop has no Jinja2."""
    folder = _unpack("notifications", tmp_path_factory.mktemp("notifications"))
    sys.path.append(str(folder))
    return folder


@pytest.fixture(scope="session")
def renditions(images_zip: Path) -> ModuleType:
    return load(images_zip / "renditions.py", "lambda_renditions")


@pytest.fixture(scope="session")
def mails(notifications_zip: Path) -> ModuleType:
    return load(notifications_zip / "mails.py", "lambda_mails")


@pytest.fixture(scope="session")
def recipients(notifications_zip: Path) -> ModuleType:
    return load(notifications_zip / "recipients.py", "lambda_recipients")


class Aws:
    """Clients of the emulated AWS, and the names of its resources."""

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=settings.AWS_REGION)

    def name(self, part: str) -> str:
        return f"{settings.SHOP_PROJECT}-{part}"

    def topic_arn(self, part: str) -> str:
        return f"arn:aws:sns:{settings.AWS_REGION}:000000000000:{self.name(part)}"

    def queue_url(self, part: str) -> str:
        return self.client("sqs").get_queue_url(QueueName=self.name(part))["QueueUrl"]

    def invoke(self, function: str, *bodies: str) -> dict[str, Any]:
        """Send messages to a deployed Lambda as its queue would, and return its answer."""
        answer = self.client("lambda").invoke(
            FunctionName=self.name(function), Payload=json.dumps(batch(*bodies))
        )
        assert "FunctionError" not in answer, answer["Payload"].read()
        return json.loads(answer["Payload"].read())


def batch(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    }


@pytest.fixture
def aws() -> Aws:
    return Aws()
