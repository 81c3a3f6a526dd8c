"""Addresses of carts."""

from django.urls import URLPattern

app_name = "carts"
urlpatterns: list[URLPattern] = []
