"""While DynamoDB is unavailable, shoppers can browse and lose nothing.

They are told plainly what does not work.
"""

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings

from accounts.models import User
from catalog.models import Product
from infra.devstack.emulator import Emulator
from infra.devstack.provision import Provisioner
from infra.devstack.stack import own_config
from tests.e2e.conftest import ROOT, wait_until_ready
from tests.factories import PASSWORD, make_category, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)

#: The longest that a page may take, in seconds, while DynamoDB does not answer.
LIMIT = 3.0


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    """Start an emulated AWS that a test may stop; the one of the other tests keeps running."""
    config = own_config(tmp_path)
    emulator = Emulator(config)
    emulator.start()
    emulator.wait()
    Provisioner(config).run()
    yield emulator
    emulator.process.send_signal(signal.SIGCONT)
    emulator.process.terminate()
    emulator.process.wait(20)


@pytest.fixture
def address(emulator: Emulator, tmp_path: Path) -> Iterator[str]:
    """Serve the shop on that AWS and on the tests' database."""
    database = (
        f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    )
    place = f"127.0.0.1:{emulator.config.web_port}"
    environment = os.environ | emulator.config.environment() | {"DATABASE_URL": database}
    log = tmp_path / "web.log"
    command = [sys.executable, "-m", "gunicorn", "shop.wsgi", "--bind", place, "--workers", "2"]
    web = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=log.open("w"), stderr=subprocess.STDOUT
    )
    try:
        wait_until_ready(f"http://{place}", log)
        yield f"http://{place}"
    finally:
        web.terminate()
        web.wait(20)


class Shopper(requests.Session):
    """A browser without a screen.

    It keeps cookies, submits forms with their token, and does not wait long for an answer.
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def see(self, path: str) -> requests.Response:
        started = time.monotonic()
        answer = self.get(self.address + path, timeout=20)
        assert time.monotonic() - started < LIMIT, path
        return answer

    def submit(self, path: str, page: str, **data: object) -> requests.Response:
        self.see(page)
        started = time.monotonic()
        data["csrfmiddlewaretoken"] = self.cookies["csrftoken"]
        answer = self.post(
            self.address + path, data=data, headers={"Referer": self.address + page}, timeout=20
        )
        assert time.monotonic() - started < LIMIT, path
        return answer

    def buy(self, product: Product) -> requests.Response:
        variant = product.variants.get().pk
        page = product.get_absolute_url()
        return self.submit(
            "/cart/add/", page, variant=variant, quantity=2, operation=uuid.uuid4().hex
        )

    def log_in(self, user: User) -> requests.Response:
        return self.submit(
            "/account/login/", "/account/login/", login=user.email, password=PASSWORD
        )


def look_around(shopper: Shopper, product: Product) -> None:
    """Check that everything that needs no session works."""
    for path in (
        "/",
        product.category.get_absolute_url(),
        product.get_absolute_url(),
        "/search/?q=pot",
    ):
        assert shopper.see(path).status_code == 200


def stop(emulator: Emulator) -> None:
    emulator.process.send_signal(signal.SIGTERM)
    emulator.process.wait(20)


def start(emulator: Emulator) -> None:
    emulator.start()
    emulator.wait()


def freeze(emulator: Emulator) -> None:
    emulator.process.send_signal(signal.SIGSTOP)


def thaw(emulator: Emulator) -> None:
    emulator.process.send_signal(signal.SIGCONT)


# A frozen emulator carries out later what it was asked meanwhile: the second add, whose answer
# nobody waited for, may count, but only once.
@pytest.mark.parametrize(
    ("away", "back", "quantities"),
    [(stop, start, {"2"}), (freeze, thaw, {"2", "4"})],
    ids=["stopped", "frozen"],
)
def test_nothing_is_lost_while_dynamodb_is_away(
    emulator: Emulator, address: str, away, back, quantities
) -> None:
    product = make_product("Clay pot", category=make_category())
    user = make_user()
    user.confirm_email()
    guest, alice = Shopper(address), Shopper(address)
    guest.buy(product)
    assert "Overview" in alice.log_in(user).text
    alice.buy(product)
    cookies = dict(alice.cookies)

    away(emulator)
    for shopper in (guest, alice, Shopper(address)):
        look_around(shopper, product)
    for shopper in (guest, alice):
        cart = shopper.see("/cart/")
        assert cart.status_code == 503
        assert "Nothing in it is lost" in cart.text
        assert shopper.buy(product).status_code in (200, 503)
        assert shopper.see("/checkout/").status_code == 503
    page = alice.see("/account/")
    assert "/account/login/" in page.url, "nobody is signed in on a session that cannot be read"
    assert "We cannot look up who you are" in page.text
    assert alice.cookies["sessionid"] == cookies["sessionid"]
    assert Shopper(address).log_in(user).status_code == 503

    back(emulator)
    assert alice.see("/account/").url.endswith("/account/"), "she is signed in again"
    for shopper in (guest, alice):
        assert shopper.see("/cart/").text.count("Clay pot</a>") == 1
        assert (
            set(re.findall(r'name="quantity"[^>]* value="(\d+)"', shopper.see("/cart/").text))
            <= quantities
        )
