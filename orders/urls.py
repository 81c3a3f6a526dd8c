"""Addresses of the checkout and of orders."""

from django.urls import path

from orders import order_views, return_views, views
from orders.documents import views as document_views

app_name = "orders"
urlpatterns = [
    path("checkout/", views.contact, name="checkout"),
    path("checkout/delivery/", views.delivery, name="delivery"),
    path("checkout/review/", views.review, name="review"),
    path("checkout/voucher/", views.voucher, name="voucher"),
    path("orders/<slug:token>/", order_views.order_page, name="order"),
    path("orders/<slug:token>/pay/", order_views.pay, name="pay"),
    path("orders/<slug:token>/pay/confirm/", order_views.confirm, name="confirm"),
    path("orders/<slug:token>/return/", order_views.back, name="return"),
    path("orders/<slug:token>/return-items/", return_views.return_items, name="return_items"),
    path("orders/<slug:token>/invoice/", document_views.invoice, name="invoice"),
    path("orders/<slug:token>/documents/<uuid:pk>/", document_views.document, name="document"),
    path("payments/<slug:provider>/webhook/", order_views.webhook, name="webhook"),
]
