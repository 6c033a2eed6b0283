from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "jiuzhu.benefits"
    verbose_name = "动态管理"
