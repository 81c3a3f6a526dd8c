"""Order events as the relay sends them."""

import json
import uuid
from typing import Any

ITEMS = [
    {
        "name": "Oak serving board",
        "sku": "OSB-L",
        "options": "Size: Large",
        "quantity": 2,
        "unit_price": "39.50",
        "total": "79.00",
        "image_url": "https://pictures.example/board/160.webp",
    },
    {
        "name": "Napkin <b>Crème</b> & ring",
        "sku": "",
        "options": "",
        "quantity": 1,
        "unit_price": "1009.99",
        "total": "1009.99",
        "image_url": "",
    },
]
ADDRESS = {
    "full_name": "Ada Lovelace",
    "company": "",
    "line1": "12 St James's Square",
    "line2": "",
    "city": "London",
    "region": "",
    "postcode": "SW1Y 4JH",
    "country": "United Kingdom",
    "phone": "",
}
ADDRESS_LINES = ["Ada Lovelace", "12 St James's Square", "London", "SW1Y 4JH", "United Kingdom"]


def make_order(**fields: Any) -> dict[str, Any]:
    return {
        "number": uuid.uuid4().hex[:8].upper(),
        "email": f"ada-{uuid.uuid4().hex[:8]}@example.com",
        "user_id": "12",
        "paid": True,
        "name": "Ada Lovelace",
        "currency": "EUR",
        "placed_at": "2026-11-05T15:08:00.123Z",
        "url": "https://shop.example/orders/3f2c9a51b7/",
        "admin_url": "https://shop.example/admin/orders/order/7/change/",
        "items": ITEMS,
        "items_total": "1088.99",
        "shipping_method": "Standard",
        "shipping_total": "4.90",
        "discount_total": "0.00",
        "tax_total": "0.00",
        "tax_included": True,
        "voucher_code": "",
        "total": "1093.89",
        "shipping_address": ADDRESS,
        "shipping_address_lines": ADDRESS_LINES,
    } | fields


def make_event(event_type: str, payload: dict[str, Any]) -> dict[str, Any]:
    created_at = "2026-11-05T15:08:01.456Z"
    return {
        "id": str(uuid.uuid4()),
        "type": event_type,
        "version": 1,
        "created_at": created_at,
        "payload": payload,
    }


def paid_event(*, late: bool = False, **fields: Any) -> dict[str, Any]:
    order = make_order(**fields)
    payment = {"provider": "test", "amount": order["total"], "error": "", "late": late}
    return make_event("order.paid", {"order": order, "payment": payment})


def return_of(order: dict[str, Any]) -> dict[str, Any]:
    reason, answer = "It is smaller than I thought.", "Please send it to our usual address."
    return {"id": str(uuid.uuid4()), "reason": reason, "answer": answer, "items": order["items"]}


def low_stock_event(stock: int = 2) -> dict[str, Any]:
    number = uuid.uuid4().int % 10**9
    product = {
        "id": number,
        "name": "Café cup",
        "admin_url": "https://shop.example/admin/",
        "image_url": "",
    }
    variant = {"id": 5, "sku": "CC-1", "options": "Size: S", "stock": stock, "threshold": 5}
    return make_event("product.low_stock", {"product": product, "variant": variant})


def body(event: dict[str, Any]) -> str:
    return json.dumps(event)
