"""Who may open which address, as one table; tests/test_access_matrix.py compares the shop with it.

A new address fails that test until it has a rule here. The first rule that fits the route counts.
"""

import re
from dataclasses import dataclass

#: Who may; a set of permissions, as text, is the other kind: see `alternatives()`.
EVERYBODY = "everybody"
SIGNED_IN = "whoever is signed in"
OWNER = "whose row it is; for others there is no such row"
STAFF = "any staff"
SUPERUSERS = "superusers"
NOBODY = "nobody"
BOTH = "GET POST"

#: route (a regular expression), who may, methods; other methods are a 405.
SHOP = [
    (r"|c/{slug}/|p/{slug}/|search/", EVERYBODY, "GET"),
    (r"robots\.txt|sitemap\.xml|sitemap-{number}\.xml", EVERYBODY, "GET"),
    (r"cart/", EVERYBODY, "GET"),
    (r"cart/(add|set|remove|save|take-up|gift-wrap)/", EVERYBODY, "POST"),
    (r"checkout/((delivery|review)/)?|orders/find/", EVERYBODY, BOTH),
    (r"checkout/voucher/", EVERYBODY, "POST"),
    # The token is the permission: guests have orders too. It's nowhere but in the order's emails
    # and in its owner's account (tests/test_secrets_are_not_kept.py).
    (r"orders/{token}/(return/|invoice/|documents/{pk}/)?", EVERYBODY, "GET"),
    (r"orders/{token}/(pay/|pay/confirm/|return-items/)", EVERYBODY, BOTH),
    (r"orders/{token}/(change|cancel)/", EVERYBODY, "POST"),
    # Signed by the provider.
    (r"payments/{provider}/webhook/", EVERYBODY, "POST"),
    (r"account/(login|signup|logout|password/reset)/", EVERYBODY, BOTH),
    (r"account/password/reset/key/{uidb36}-{key}/", EVERYBODY, BOTH),
    (r"account/(inactive|password/reset/done|password/reset/key/done)/", EVERYBODY, "GET"),
    (r"account/(orders/|addresses/)?", SIGNED_IN, "GET"),
    (r"account/devices/sign-out/", SIGNED_IN, "POST"),
    (r"account/addresses/{pk}/(delete/)?", OWNER, BOTH),
    (r"account/addresses/{pk}/default/", OWNER, "POST"),
    (r"account/(devices|profile|addresses/add|reauthenticate)/", SIGNED_IN, BOTH),
    (r"account/(email|confirm-email|password/change|password/set)/", SIGNED_IN, BOTH),
    (r"account/login/code/confirm/", SIGNED_IN, BOTH),
    (r"account/personal-data/(download/)?", SIGNED_IN, BOTH),
]  # fmt: skip

#: What may be done with a model by its own permissions, as in `orders.view_order`. Where nothing
#: can be changed, the permission to change a row shows it, as everywhere in Django's admin.
MODELS = {
    "auth/group": "",
    "accounts/user": "view change delete",  # only customers, and superusers add
    "catalog/category": "view add change delete",
    "catalog/product": "view add change delete",
    "catalog/productimage": "view change delete",
    "catalog/variant": "view change delete",
    "catalog/stockmovement": "view",
    "orders/order": "view",
    "orders/payment": "view",
    "orders/refund": "view",
    "orders/shippingmethod": "view add change delete",
    "orders/taxrate": "view add change delete",
    "orders/taxrules": "view add change delete",
    "orders/voucher": "view add change delete",
    "shop/event": "view",
}
#: The pages that Django makes for each model.
PAGES = "|add/|{object_id}/|{object_id}/(?:change|delete|history)/"
#: What superusers do beyond that, and nobody else.
OF_SUPERUSERS = {"auth/group": "view add change delete", "accounts/user": "add"}

_ORDERS = "orders.view_order | orders.change_order"
#: Money goes back only with a permission of its own, together with seeing the order.
REFUND = "orders.view_order & orders.add_refund | orders.change_order & orders.add_refund"
ADMIN = [
    (r"admin/login/", STAFF, BOTH),
    (r"admin/logout/", EVERYBODY, BOTH),
    (r"admin/(password_change/)?", STAFF, BOTH),
    (r"admin/jsi18n/", STAFF, "GET"),
    # Needs a field that has it; no form has one.
    (r"admin/autocomplete/", NOBODY, "GET"),
    (r"admin/{url}", NOBODY, BOTH),
    (r"admin/orders/order/{pk}/refund/", REFUND, BOTH),
    (r"admin/orders/order/{pk}/(cancel|ship|correct|returns/{return_id})/",
     "orders.change_order", BOTH),
    (r"admin/orders/order/{pk}/resend/", "orders.change_order", "POST"),
    (r"admin/orders/order/{pk}/(invoice|documents/{document}|packing-slip(/{shipment})?)/",
     _ORDERS, BOTH),
    # Moving needs the second; treebeard first says what is wrong with the form.
    (r"admin/catalog/category/(move|children/{parent_id})/",
     "catalog.view_category | catalog.change_category", BOTH),
    (r"admin/catalog/product/{pk}/pictures/", "catalog.change_product", BOTH),
    (r"admin/catalog/product/{pk}/pictures/{image_id}/abandon/", "catalog.change_product", "POST"),
    (r"admin/catalog/variant/{pk}/stock/", "catalog.change_variant", BOTH),
]  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """Who may open an address, and by which methods it can be opened."""

    who: str
    methods: tuple[str, ...]

    def alternatives(self) -> list[set[str]]:
        """Return the sets of permissions of which one is needed."""
        return [{name.strip() for name in each.split("&")} for each in self.who.split("|")]

    @property
    def permissions(self) -> frozenset[str]:
        """Return all permissions that the rule names."""
        named = {name for needed in self.alternatives() for name in needed}
        return frozenset(name for name in named if re.fullmatch(r"\w+\.\w+", name))

    def opens_for(self, permissions: set[str], *, is_superuser: bool) -> bool:
        """Return whether staff with these permissions may open it."""
        if self.who in (EVERYBODY, SIGNED_IN, STAFF):
            return True
        if self.who in (NOBODY, OWNER):
            return False
        return is_superuser or any(needed <= permissions for needed in self.alternatives())


def rule_for(route: str, method: str) -> Rule:
    """Return the rule of a route. Raises LookupError if there is none."""
    for pattern, who, methods in [*SHOP, *ADMIN]:
        if re.fullmatch(pattern, route):
            return Rule(who, tuple(methods.split()))
    if (found := re.fullmatch(rf"admin/(\w+/\w+)/({PAGES})", route)) and found[1] in MODELS:
        return _rule_of_model(found[1], found[2].removesuffix("/"), method)
    if route == "admin/{app_label}/":
        return Rule(_any_of("orders"), ("GET", "POST"))
    raise LookupError(f"No rule says who may open {route}: see tests/access_rules.py.")


def _rule_of_model(model: str, page: str, method: str) -> Rule:
    """Return the rule of one of PAGES. A page that refuses a form says so by a 403."""
    app, name = model.split("/")
    act = page.rpartition("/")[2] if page else "view"
    if act in ("history", "change") and not (act == "change" and method == "POST"):
        act = "view"
    if act == "{object_id}":  # It only redirects to the page that asks.
        who = STAFF
    elif act in MODELS[model].split():
        who = _seen_by(app, name) if act == "view" else f"{app}.{act}_{name}"
    else:
        who = SUPERUSERS if act in OF_SUPERUSERS.get(model, "").split() else NOBODY
    return Rule(who, ("GET", "POST"))


def _seen_by(app: str, name: str) -> str:
    return f"{app}.view_{name} | {app}.change_{name}"


def _any_of(app: str) -> str:
    """Return who sees the page of an app: whoever may do something with a model of it."""
    names = [model.split("/") for model in MODELS if model.startswith(f"{app}/")]
    return " | ".join(
        f"{_seen_by(app, name)} | "
        + " | ".join(f"{app}.{act}_{name}" for act in MODELS[f"{app}/{name}"].split())
        for _, name in names
    )
