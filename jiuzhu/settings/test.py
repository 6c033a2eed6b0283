"""Tests: own cluster, one database per run and worker, the runtime role, known keys, quick passwords."""

import base64
import json

from jiuzhu.infra import postgres
from jiuzhu.settings import env
from jiuzhu.settings.base import *  # noqa: F403
from jiuzhu.settings.base import VAR

DEMO = True
SECRET_KEY = "tests"
ALLOWED_HOSTS = ["*"]
FILE_STORE = VAR / "test-files"
CLOCK_FILE = VAR / "test-clock"
_key = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
KEYRING = json.dumps({"data": {"1": _key}, "current": 1, "index": _key, "chain": _key})
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_url = env.text("JIUZHU_DATABASE_URL", "") or postgres.ensure_database(
    postgres.ensure_running(VAR / "pg-test"), "jiuzhu"
)
DATABASES = {"default": env.database(_url)}
AXES_ENABLED = False
WHITENOISE_AUTOREFRESH = True
