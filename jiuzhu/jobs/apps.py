from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the queued work with the queue once all apps are there."""

    name = "jiuzhu.jobs"
    verbose_name = "后台作业"

    def ready(self) -> None:
        from jiuzhu.jobs import tasks  # noqa: F401
