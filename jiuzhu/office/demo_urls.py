"""One-click roles of the demo city; included only where settings.DEMO is true."""

from django.urls import path

from jiuzhu.office import demo

urlpatterns = [path("", demo.roles, name="demo-roles")]
