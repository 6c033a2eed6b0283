"""``make run``: embedded PostgreSQL, keys under var/, the demo city."""

from jiuzhu.infra import keys, postgres
from jiuzhu.settings import env
from jiuzhu.settings.base import *  # noqa: F403
from jiuzhu.settings.base import VAR

DEMO = env.flag("JIUZHU_DEMO", True)
SECRET_KEY = env.text("JIUZHU_SECRET_KEY", "local-only-not-secret")
ALLOWED_HOSTS = ["*"] if DEMO else ["127.0.0.1", "localhost"]
KEYRING = keys.local(VAR / "keys" / "keyring.json")

PG_FOLDER = VAR / "pg"
_url = env.text("JIUZHU_DATABASE_URL", "")
if not _url:
    _url = postgres.ensure_database(postgres.ensure_running(PG_FOLDER), "jiuzhu")
DATABASES = {"default": env.database(_url)}
if env.text("JIUZHU_DB_ROLE", "app") == "app":
    DATABASES["default"]["OPTIONS"]["options"] = f"-c role={postgres.APP_ROLE}"
