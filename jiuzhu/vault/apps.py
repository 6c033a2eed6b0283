from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "jiuzhu.vault"
    verbose_name = "材料与密封"
