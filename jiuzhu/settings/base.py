"""What every installation shares."""

from __future__ import annotations

from csp.constants import NONE, SELF

from jiuzhu.settings import env

BASE_DIR = env.project_folder()
VAR = BASE_DIR / "var"
FILE_STORE = VAR / "files"
CLOCK_FILE = VAR / "clock"
DEPARTMENTS_KEPT = VAR / "departments-url"  # where the simulator of the running city listens

DEBUG = False
DEMO = False
DEMO_PASSWORD = "jiuzhu-demo-2026"  # of invented accounts in a demo city; production has none
EMBEDDED_DATABASE = False
CIPHER = env.text("JIUZHU_CIPHER", "SM4")
DEPARTMENTS_URL = env.text(
    "JIUZHU_DEPARTMENTS_URL", f"http://127.0.0.1:{env.number('JIUZHU_DEPARTMENTS_PORT', 8790)}"
)
DEPARTMENTS_KEY = env.text("JIUZHU_DEPARTMENTS_KEY", "jiuzhu-demo")
DEPARTMENTS_SECRET = env.text("JIUZHU_DEPARTMENTS_SECRET", "simulated-exchange-secret")
PUBLIC_URL = env.text("JIUZHU_PUBLIC_URL", "http://127.0.0.1:8780")
PG_BIN = env.folder("JIUZHU_PG_BIN")
WEB_HOST = env.text("JIUZHU_HOST", "127.0.0.1")
WEB_PORT = env.number("JIUZHU_PORT", 8780)
DEPARTMENTS_PORT = env.number("JIUZHU_DEPARTMENTS_PORT", 8790)
UPLOAD_LIMIT_MB = env.number("JIUZHU_UPLOAD_LIMIT_MB", 10)

INSTALLED_APPS = [
    "jiuzhu.vault",
    "jiuzhu.audit",
    "jiuzhu.accounts",
    "jiuzhu.parameters",
    "jiuzhu.people",
    "jiuzhu.funds",
    "jiuzhu.verification",
    "jiuzhu.documents",
    "jiuzhu.publicity",
    "jiuzhu.cases",
    "jiuzhu.payments",
    "jiuzhu.benefits",
    "jiuzhu.onedoor",
    "jiuzhu.jobs",
    "jiuzhu.ui",
    "jiuzhu.intake",
    "jiuzhu.portal",
    "jiuzhu.office",
    "jiuzhu.village",
    "jiuzhu.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "jiuzhu.infra",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "jiuzhu.accounts.middleware.OwnPasswordMiddleware",
    "jiuzhu.accounts.middleware.SecondFactorMiddleware",
    "jiuzhu.ui.middleware.AskerMiddleware",
]
ROOT_URLCONF = "jiuzhu.urls"
WSGI_APPLICATION = "jiuzhu.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["jiuzhu.ui.loader.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jiuzhu.ui.context.frame",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "jiuzhu.accounts.backend.StaffBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "jiuzhu.accounts.forms.StaffLoginForm",
    "change_password": "jiuzhu.accounts.forms.OwnPasswordForm",
}
ACCOUNT_ADAPTER = "jiuzhu.accounts.adapter.StaffAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "jiuzhu.accounts.adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = "久助"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/office/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_CALLABLE = "jiuzhu.accounts.screens.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "jiuzhu.ui.views.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None  # jobs lie in jiuzhu/jobs, imported by its AppConfig
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
