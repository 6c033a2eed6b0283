"""Tests: own cluster, one database per run and worker, the runtime role, known keys, quick passwords."""

import base64
import json

from jiuzhu.infra import postgres
from jiuzhu.settings import env
from jiuzhu.settings.base import *  # noqa: F403
from jiuzhu.settings.base import PG_BIN, VAR

DEMO = True
SECRET_KEY = "tests"
ALLOWED_HOSTS = ["*"]
FILE_STORE = VAR / "test-files"
CLOCK_FILE = VAR / "test-clock"
_key = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
KEYRING = json.dumps({"data": {"1": _key}, "current": 1, "index": _key, "chain": _key})
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PG_FOLDER = VAR / "pg-test"
ADMIN_URL = env.text("JIUZHU_TEST_ADMIN_URL", "") or postgres.ensure_running(
    PG_FOLDER, PG_BIN, postgres.QUICK
)
DATABASE_URL = env.text("JIUZHU_DATABASE_URL", "") or postgres.ensure_database(ADMIN_URL, "jiuzhu")
DATABASES = {"default": env.database(DATABASE_URL)}
if env.text("JIUZHU_DB_ROLE", "app") == "app":
    DATABASES["default"]["OPTIONS"]["options"] = f"-c role={postgres.APP_ROLE}"
AXES_ENABLED = False
WHITENOISE_USE_FINDERS = True  # straight from the source tree; production collects them first
STATIC_ROOT = None
