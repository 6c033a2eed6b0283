from __future__ import annotations

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig

_PLAIN = ("apps", "queue")


class JobsConfig(AppConfig):
    """Registers every job of this folder with the queue once all apps are there."""

    name = "jiuzhu.jobs"
    verbose_name = "后台作业"

    def ready(self) -> None:
        for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
            if path.stem not in _PLAIN:
                import_module(f"{self.name}.{path.stem}")
