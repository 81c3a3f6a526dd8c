"""The admin maintains the category tree and the pictures of categories."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Category
from tests.admin_forms import filled, picture
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


def change_url(category: Category) -> str:
    return reverse("admin:catalog_category_change", args=[category.pk])


def test_adds_below_another(staff: Client) -> None:
    parent = make_category("Kitchen")
    data = {
        "name": "Pots",
        "slug": "pots",
        "treebeard_position": "first-child",
        "treebeard_ref_node": parent.pk,
    }
    assert staff.post("/admin/catalog/category/add/", data).status_code == 302
    assert Category.objects.get(slug="pots").path.startswith(parent.path)


def test_moves_by_drag(staff: Client) -> None:
    kitchen, garden = make_category("Kitchen"), make_category("Garden")
    data = {"node": garden.pk, "target": kitchen.pk, "relation": "child"}
    assert staff.post("/admin/catalog/category/move/", data).status_code == 200
    garden.refresh_from_db()
    assert garden.depth == 2


@pytest.mark.django_db(transaction=True)
def test_takes_a_picture_to_uploads(staff: Client) -> None:
    category = make_category()
    answer = staff.post(
        change_url(category), filled(staff, change_url(category)) | {"new_picture": picture()}
    )
    assert answer.status_code == 302
    category.refresh_from_db()
    assert category.picture.name.startswith("uploads/")
    assert category.picture.size == len(picture().read())


def test_renaming_is_found_by_search(staff: Client) -> None:
    category = make_category("Kitchen")
    product = make_product(category=category)
    staff.post(change_url(category), filled(staff, change_url(category)) | {"name": "Scullery"})
    product.refresh_from_db()
    assert "sculleri" in str(product.search_vector)


def test_does_not_delete_a_shelf_above_one_with_products(staff: Client) -> None:
    parent = make_category("Kitchen")
    make_product(category=make_category("Pots", parent))
    url = reverse("admin:catalog_category_delete", args=[parent.pk])
    assert "Cannot delete" in staff.get(url).content.decode()
    staff.post(url, {"post": "yes"})
    assert Category.objects.filter(pk=parent.pk).exists()


def test_shows_the_list_again_if_no_action_was_chosen(staff):
    kitchen = make_category()
    for data in ({}, {"action": ""}, {"action": "", "index": "0"}, {"_selected_action": "x"}):
        answer = staff.post("/admin/catalog/category/", data, follow=True)
        assert answer.status_code == 200
        assert kitchen.name in answer.content.decode()


@pytest.mark.parametrize("path", ["x", "9" * 30, "%FF", "%ED%A0%80", "1/?nothing=1", "-1"])
def test_has_no_children_of_what_is_no_category(staff, path):
    make_category()
    answer = staff.get(f"/admin/catalog/category/children/{path}{'' if '?' in path else '/'}")
    assert answer.status_code == 404
