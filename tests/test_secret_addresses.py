"""No general helper of Django hands out an address that is as good as a password."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from catalog.models import Product
from orders.models import Order
from tests.factories import make_category, make_order, make_product, make_user

pytestmark = pytest.mark.django_db
#: Whose pages everybody may open. Think twice before you add a model: Django, templates and
#: libraries call get_absolute_url() for anybody.
PUBLIC = {"catalog.Product", "catalog.Category"}


def test_gives_only_public_models_an_absolute_url() -> None:
    models = {
        model._meta.label for model in apps.get_models() if hasattr(model, "get_absolute_url")
    }
    assert models == PUBLIC


@pytest.mark.parametrize("make", [make_order, make_product])
def test_leads_nobody_from_a_type_and_an_id_to_a_page(client: Client, make: type) -> None:
    client.force_login(make_user(is_staff=True))
    row: Order | Product = make()
    kind = ContentType.objects.get_for_model(row)
    assert client.get(f"/admin/r/{kind.pk}/{row.pk}/").status_code == 404


def test_takes_an_id_that_is_no_number_there(client: Client) -> None:
    client.force_login(make_user(is_staff=True))
    kind = ContentType.objects.get(app_label="orders", model="payment")
    assert client.get(f"/admin/r/{kind.pk}/nothing/").status_code == 404


def test_links_from_the_admin_to_the_shop_without_it(staff: Client) -> None:
    pot, kitchen = make_product(), make_category()
    page = staff.get(f"/admin/catalog/product/{pot.pk}/change/").content.decode()
    assert f'href="{pot.get_absolute_url()}"' in page
    page = staff.get(f"/admin/catalog/category/{kitchen.pk}/change/").content.decode()
    assert f'href="{kitchen.get_absolute_url()}"' in page
    draft = make_product(status=Product.Status.DRAFT)
    page = staff.get(f"/admin/catalog/product/{draft.pk}/change/").content.decode()
    assert f'href="{draft.get_absolute_url()}"' not in page
