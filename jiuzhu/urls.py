"""Addresses: one prefix a kind of user."""

from django.urls import path

urlpatterns: list = []
