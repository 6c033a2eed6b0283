"""``make run``: embedded PostgreSQL, keys under var/, the demo city."""

from jiuzhu.infra import keys, postgres
from jiuzhu.settings import env
from jiuzhu.settings.base import *  # noqa: F403
from jiuzhu.settings.base import DEPARTMENTS_KEPT, PG_BIN, VAR
from jiuzhu.settings.base import DEPARTMENTS_URL as _BY_PORT

DEMO = env.flag("JIUZHU_DEMO", True)
SECRET_KEY = env.text("JIUZHU_SECRET_KEY", "local-only-not-secret")
ALLOWED_HOSTS = ["*"] if DEMO else ["127.0.0.1", "localhost"]
KEYRING = keys.local(VAR / "keys" / "keyring.json")

DEPARTMENTS_URL = _BY_PORT
if not (env.text("JIUZHU_DEPARTMENTS_URL", "") or env.text("JIUZHU_DEPARTMENTS_PORT", "")):
    DEPARTMENTS_URL = env.kept(DEPARTMENTS_KEPT, _BY_PORT)  # a command in another shell than `make run`

PG_FOLDER = VAR / "pg"
DATABASE_URL = env.text("JIUZHU_DATABASE_URL", "")
EMBEDDED_DATABASE = not DATABASE_URL
if EMBEDDED_DATABASE:
    DATABASE_URL = postgres.ensure_database(postgres.ensure_running(PG_FOLDER, PG_BIN), "jiuzhu")
DATABASES = {"default": env.database(DATABASE_URL)}
if env.text("JIUZHU_DB_ROLE", "app") == "app":
    DATABASES["default"]["OPTIONS"]["options"] = f"-c role={postgres.APP_ROLE}"
WHITENOISE_USE_FINDERS = True  # straight from the source tree; production collects them first
STATIC_ROOT = None
