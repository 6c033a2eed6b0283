"""Addresses: one prefix a kind of user."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

handler404 = "jiuzhu.api.api.page_not_found"
_PARTS = (
    ("office/", "jiuzhu.office.urls"),
    ("village/", "jiuzhu.village.urls"),
    ("api/v1/", "jiuzhu.api.urls"),
    ("ui/", "jiuzhu.ui.urls"),
    ("accounts/", "jiuzhu.accounts.urls"),
    ("accounts/", "allauth.urls"),
    ("", "jiuzhu.portal.urls"),
)
urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in _PARTS if find_spec(module)
]
if settings.DEMO and find_spec("jiuzhu.office.demo_urls"):
    urlpatterns.insert(0, path("demo/", include("jiuzhu.office.demo_urls")))
