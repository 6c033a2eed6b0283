from django.apps import AppConfig


class ParametersConfig(AppConfig):
    name = "jiuzhu.parameters"
    verbose_name = "参数与标准"
