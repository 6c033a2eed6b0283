from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "jiuzhu.cases"
    verbose_name = "救助案件"
