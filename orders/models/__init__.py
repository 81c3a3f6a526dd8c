"""PostgreSQL's side of orders, one module a concern."""

from orders.models.amounts import Amount
from orders.models.documents import DocumentDownload, DocumentSeries, Invoice
from orders.models.fulfilment import Return, ReturnItem, Shipment, ShipmentItem
from orders.models.order import Order, OrderItem, VoucherUse, make_number, make_token
from orders.models.payments import Payment, Refund, RefundItem, TestCharge, TestRefund
from orders.models.terms import ShippingMethod, TaxRate, Voucher

__all__ = [
    "Amount",
    "DocumentDownload",
    "DocumentSeries",
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
    "TestCharge",
    "TestRefund",
    "Voucher",
    "VoucherUse",
    "make_number",
    "make_token",
]
