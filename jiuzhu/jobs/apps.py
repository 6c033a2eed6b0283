import importlib
import pkgutil

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jiuzhu.jobs"
    verbose_name = "后台作业"

    def ready(self) -> None:
        """Every module of this folder declares its jobs when imported; procrastinate's own app comes after ours."""
        import jiuzhu.jobs

        for module in pkgutil.iter_modules(jiuzhu.jobs.__path__):
            if module.name not in ("apps", "tests"):
                importlib.import_module(f"jiuzhu.jobs.{module.name}")
