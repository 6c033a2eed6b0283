from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "jiuzhu.people"
    verbose_name = "人员与家庭"
