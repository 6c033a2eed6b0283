from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class InfraConfig(AppConfig):
    """Hands keys and clock to the pure packages once settings are known."""

    name = "jiuzhu.infra"
    verbose_name = "基础设施"

    def ready(self) -> None:
        from jiuzhu.core import clock, sealing
        from jiuzhu.infra import keys, rights

        post_migrate.connect(rights.grant, sender=self)
        sealing.configure(keys.parse(settings.KEYRING, settings.CIPHER))
        if settings.DEMO:
            clock.use(clock.ShiftedFileSource(Path(settings.CLOCK_FILE)))
