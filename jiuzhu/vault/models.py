"""Files kept by content: signatures, photos, issued papers, bank files. Bytes lie sealed on disk, never in rows."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """What is known of a stored file; the bytes are found by ``sha256`` in the file store. Append-only."""

    sha256 = models.CharField(max_length=64, unique=True)
    mime = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("字节数")
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = "文件"
