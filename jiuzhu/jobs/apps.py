from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jiuzhu.jobs"
    verbose_name = "后台作业"
