from django.apps import AppConfig


class OnedoorConfig(AppConfig):
    name = "jiuzhu.onedoor"
    verbose_name = "一门受理"
