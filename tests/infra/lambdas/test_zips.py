"""The zips contain everything that the handlers need, and the same inputs give the same bytes."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
import pytest

from infra.lambdas import build as builder
from infra.lambdas.build import BuildError, build
from tests.infra.lambdas.pictures import jpeg

# The packages that the Lambda runtime provides: boto3 and its dependencies.
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")

RENDER = """
import sys
sys.path[:0] = sys.argv[1:3]
import PIL, handler, renditions
assert PIL.__file__.startswith(sys.argv[1]), PIL.__file__
assert handler.handler({"Records": []}, None) == {"batchItemFailures": []}
print(list(renditions.render(open(sys.argv[3], "rb").read()).files))
"""
MAIL = """
import sys
sys.path[:0] = sys.argv[1:3]
import jinja2, handler, mails
assert jinja2.__file__.startswith(sys.argv[1]), jinja2.__file__
assert handler.handler({"Records": []}, None) == {"batchItemFailures": []}
payload = {"product": {"name": "Bowl", "admin_url": "", "image_url": ""},
           "variant": {"sku": "", "options": "", "stock": 2, "threshold": 5}}
print(mails.render("low_stock", payload, shop_name="Trivet").subject)
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A folder with boto3 and nothing else."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    for name in RUNTIME:
        (folder / name).symlink_to(Path(boto3.__file__).parents[1] / name)
    return folder


def run(script: str, *arguments: Path, python: str = sys.executable) -> str:
    # -I and -S: neither this folder, nor this virtual environment, nor the environment variables
    # are used.
    command = [python, "-I", "-S", "-c", script, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env={}
    ).stdout.strip()


def test_the_image_lambda_runs_from_its_zip_alone(
    images_zip: Path, runtime: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(jpeg(700, 500))
    assert run(RENDER, images_zip, runtime, picture) == "[160, 320, 480, 640]"


@pytest.fixture(scope="module")
def aws_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip for AWS, whose wheels pip may have to download first."""
    folder = tmp_path_factory.mktemp("aws")
    try:
        archive = build("product_images", for_aws=True)
    except BuildError as error:
        pytest.skip(f"the wheels for AWS are not here: {error}")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def test_the_zip_for_aws_has_the_decoders_of_its_own_python(aws_zip: Path) -> None:
    for name in ("_imaging", "_imagingcms", "_webp", "_avif"):
        assert (aws_zip / "PIL" / f"{name}.cpython-312-x86_64-linux-gnu.so").exists()
    assert (aws_zip / "handler.py").read_bytes() == (
        builder.HERE / "product_images" / "handler.py"
    ).read_bytes()
    assert not list(aws_zip.glob("boto*"))
    unpacked = sum(path.stat().st_size for path in aws_zip.rglob("*") if path.is_file())
    assert unpacked < 250 * 1024**2, "more than Lambda takes"


def test_the_zip_for_aws_runs_on_its_own_python(
    aws_zip: Path, runtime: Path, tmp_path: Path
) -> None:
    python = shutil.which("python3.12")
    # A pyenv shim may exist without the Python version that it stands for.
    if not python or subprocess.run([python, "--version"], capture_output=True).returncode:
        pytest.skip("there is no python3.12 here")
    picture = tmp_path / "picture"
    picture.write_bytes(jpeg(700, 500))
    assert run(RENDER, aws_zip, runtime, picture, python=python) == "[160, 320, 480, 640]"


def test_the_notification_lambda_runs_from_its_zip_alone(
    notifications_zip: Path, runtime: Path
) -> None:
    assert run(MAIL, notifications_zip, runtime) == "Only 2 left: Bowl"


def test_the_same_inputs_give_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = build("notifications")
    monkeypatch.setattr(builder, "CACHE", tmp_path)
    elsewhere = build("notifications")
    assert elsewhere.parent == tmp_path
    assert elsewhere.read_bytes() == here.read_bytes()


def test_a_finished_zip_is_not_built_again(tmp_path: Path) -> None:
    first = build("notifications")
    built_at = first.stat().st_mtime_ns
    copy = build("notifications", tmp_path / "copy.zip")
    assert build("notifications").stat().st_mtime_ns == built_at
    assert copy.read_bytes() == first.read_bytes()


def test_a_zip_holds_the_templates_but_nothing_of_the_build(notifications_zip: Path) -> None:
    with zipfile.ZipFile(build("notifications")) as archive:
        names = set(archive.namelist())
    assert {
        "handler.py",
        "emails/_base.html",
        "emails/order_confirmation/body.txt",
        "jinja2/__init__.py",
    } <= names
    assert not [
        name for name in names if name.endswith((".pyc", "RECORD", "requirements.txt", "README.md"))
    ]
    assert not [name for name in names if name.startswith(("boto", "bin/"))]


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(BuildError, match="There is no Lambda 'nothing'"):
        build("nothing")
