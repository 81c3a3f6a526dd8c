"""URLs of the checkout and of orders."""

from django.urls import path

from orders import views
from orders.checkout import views as checkout
from orders.documents import views as documents
from orders.fulfilment import views as fulfilment
from orders.payments import views as payments
from orders.payments.webhooks import webhook
from orders.personal_data import views as personal_data

app_name = "orders"
urlpatterns = [
    path("checkout/", checkout.contact, name="checkout"),
    path("checkout/delivery/", checkout.delivery, name="delivery"),
    path("checkout/review/", checkout.review, name="review"),
    path("checkout/voucher/", checkout.voucher, name="voucher"),
    path("orders/find/", views.find, name="find"),
    path("orders/<slug:token>/", views.order_page, name="order"),
    path("orders/<slug:token>/change/", views.change, name="change"),
    path("orders/<slug:token>/cancel/", views.cancel, name="cancel"),
    path("orders/<slug:token>/pay/", payments.pay, name="pay"),
    path("orders/<slug:token>/pay/confirm/", payments.dummy_challenge, name="dummy_challenge"),
    path("orders/<slug:token>/return/", payments.payment_return, name="payment_return"),
    path("orders/<slug:token>/return-items/", fulfilment.return_items, name="return_items"),
    path("orders/<slug:token>/invoice/", documents.invoice, name="invoice"),
    path("orders/<slug:token>/documents/<uuid:pk>/", documents.document, name="document"),
    path("account/personal-data/", personal_data.personal_data, name="personal_data"),
    path("account/personal-data/download/", personal_data.download, name="personal_data_download"),
    path("payments/<slug:provider>/webhook/", webhook, name="webhook"),
]
