"""A city's real installation: everything secret comes from the environment, nothing of the demo can be switched on."""

from jiuzhu.infra import postgres
from jiuzhu.settings import env
from jiuzhu.settings.base import *  # noqa: F403

DEMO = False
DEBUG = False
DEPARTMENTS_URL = env.text("JIUZHU_DEPARTMENTS_URL", example="https://exchange.example.gov.cn")
DEPARTMENTS_KEY = env.text("JIUZHU_DEPARTMENTS_KEY", example="our application id")
DEPARTMENTS_SECRET = env.text("JIUZHU_DEPARTMENTS_SECRET", example="the secret of our application")
SECRET_KEY = env.text("JIUZHU_SECRET_KEY", example="50 random characters")
ALLOWED_HOSTS = env.text("JIUZHU_HOSTS", example="jiuzhu.example.gov.cn").split(",")
KEYRING = env.text("JIUZHU_KEYRING", example="the output of: jiuzhu keys fresh")
DATABASES = {
    "default": env.database(
        env.text("JIUZHU_DATABASE_URL", example="postgresql://jiuzhu:secret@db:5432/jiuzhu")
    )
}
if env.text("JIUZHU_DB_ROLE", "app") == "app":
    DATABASES["default"]["OPTIONS"]["options"] = f"-c role={postgres.APP_ROLE}"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
