from django.apps import AppConfig


class VillageConfig(AppConfig):
    """The tabs at the foot of the assistant's phone."""

    name = "jiuzhu.village"
    verbose_name = "村居端"

    def ready(self) -> None:
        from django.urls import reverse

        from jiuzhu.ui import slots

        def tabs(request: object) -> list[slots.MenuItem]:
            return [
                slots.MenuItem("首页", reverse("village:home"), "house"),
                slots.MenuItem("待办", reverse("village:families"), "list-task"),
                slots.MenuItem("公示", reverse("village:postings"), "megaphone"),
                slots.MenuItem("报变化", reverse("village:change"), "pencil-square"),
            ]

        slots.provide("tabs", tabs)
