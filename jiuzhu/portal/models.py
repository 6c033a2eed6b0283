"""Attempts to prove who one is: counted in the database, so that every web process counts together."""

from __future__ import annotations

from django.db import models


class Attempt(models.Model):
    """Failures under one key (a blind index of number, link or address; never the value itself)."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()
