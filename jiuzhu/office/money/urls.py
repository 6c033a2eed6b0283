"""Addresses of this part; names are reversed as office:name."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
