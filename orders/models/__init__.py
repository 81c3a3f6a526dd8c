"""The models of orders, one module per concern."""

from orders.models.dispute import Dispute
from orders.models.document import DocumentDownload, DocumentSeries, Invoice
from orders.models.order import DeliveryPart, Order, OrderItem, make_number, make_token
from orders.models.payment import DummyCharge, DummyRefund, Payment
from orders.models.refund import Refund, RefundItem
from orders.models.returns import Return, ReturnItem
from orders.models.shipment import Shipment, ShipmentItem
from orders.models.shipping import ShippingMethod
from orders.models.tax import DeliveryTax, TaxRate, TaxRules, TaxTerms
from orders.models.voucher import Voucher, VoucherUse

__all__ = [
    "DeliveryPart",
    "DeliveryTax",
    "Dispute",
    "DocumentDownload",
    "DocumentSeries",
    "DummyCharge",
    "DummyRefund",
    "Invoice",
    "Order",
    "OrderItem",
    "Payment",
    "Refund",
    "RefundItem",
    "Return",
    "ReturnItem",
    "Shipment",
    "ShipmentItem",
    "ShippingMethod",
    "TaxRate",
    "TaxRules",
    "TaxTerms",
    "Voucher",
    "VoucherUse",
    "make_number",
    "make_token",
]
