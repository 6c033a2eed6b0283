"""Sealed columns: the model holds cipher text; reading the attribute opens it (design.md, personal data)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from jiuzhu.core import sealing


class SealedRow(models.Model):
    """A row whose sealed columns are bound to its own ``uid``."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Sealed(property):
    """A ``property`` so that Django accepts it as a keyword when a row is made.

    ``id_no = Sealed("id_no_sealed", index="id_no_index")``: plain text in Python, cipher text in the table.

    Assigning also fills the blind index column, if one is named. ``None`` and the empty string stay empty.
    """

    def __init__(self, column: str, *, index: str | None = None) -> None:
        super().__init__()
        self.column, self.index = column, index

    def __set_name__(self, owner: type, name: str) -> None:
        self.purpose = self.index or name

    def _where(self, row: Any) -> str:
        return f"{row._meta.db_table}.{self.column}:{row.uid}"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return sealing.unseal(bytes(sealed), self._where(row)).decode() if sealed else ""

    def __set__(self, row: Any, text: str | None) -> None:
        setattr(row, self.column, sealing.seal(text.encode(), self._where(row)) if text else None)
        if self.index:
            setattr(row, self.index, blind(text, self.index) if text else "")


def blind(text: str, column: str) -> str:
    """The value to look for in a blind index column (``id_no_index``, ``phone_index`` …)."""
    return sealing.index(text, column)


def sealed_column() -> models.BinaryField:
    return models.BinaryField(null=True, blank=True, editable=False)


def index_column(**options: Any) -> models.CharField:
    return models.CharField(max_length=64, blank=True, default="", editable=False, **options)
