from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Fills the office frame's menu."""

    name = "jiuzhu.office"
    verbose_name = "经办端"

    def ready(self) -> None:
        from django.conf import settings

        from jiuzhu.office import demo
        from jiuzhu.office.menu import build
        from jiuzhu.ui import slots

        slots.provide("menu", build)
        if settings.DEMO:
            slots.provide("demo_switch", demo.switch_slot)
