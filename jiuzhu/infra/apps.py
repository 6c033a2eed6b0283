from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate


class InfraConfig(AppConfig):
    """Hands keys and clock to the pure packages once settings are known."""

    name = "jiuzhu.infra"
    verbose_name = "基础设施"

    def ready(self) -> None:
        from jiuzhu.core import clock, sealing
        from jiuzhu.infra import keys, rights

        # the signal is sent once for every app that has models, and this one has none
        post_migrate.connect(rights.grant, sender=apps.get_app_config("accounts"))
        sealing.configure(keys.parse(settings.KEYRING, settings.CIPHER))
        if settings.DEMO:
            clock.use(clock.ShiftedFileSource(Path(settings.CLOCK_FILE)))
