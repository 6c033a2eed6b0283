from django.apps import AppConfig


class VillageConfig(AppConfig):
    name = "jiuzhu.village"
    verbose_name = "村居端"
