"""The interface's only mount."""

from django.urls import path

from jiuzhu.api.api import api

urlpatterns = [path("", api.urls)]
