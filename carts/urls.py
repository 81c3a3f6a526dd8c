"""URLs of the cart."""

from django.urls import path

from carts import views

app_name = "carts"
urlpatterns = [
    path("", views.cart, name="cart"),
    path("add/", views.add, name="add"),
    path("set/", views.set_quantity, name="set"),
    path("remove/", views.remove, name="remove"),
    path("save/", views.save_for_later, name="save"),
    path("take-up/", views.move_to_cart, name="move_to_cart"),
    path("gift-wrap/", views.gift_wrap, name="gift_wrap"),
]
