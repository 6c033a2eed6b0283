from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "jiuzhu.office"
    verbose_name = "经办端"
