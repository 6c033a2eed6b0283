from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "jiuzhu.ui"
    verbose_name = "界面"
