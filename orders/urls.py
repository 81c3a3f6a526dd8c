"""Addresses of the checkout and of orders."""

from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("checkout/", views.contact, name="checkout"),
    path("checkout/delivery/", views.delivery, name="delivery"),
    path("checkout/review/", views.review, name="review"),
    path("orders/<slug:token>/", views.order_page, name="order"),
    path("orders/<slug:token>/pay/", views.pay, name="pay"),
]
