"""Django settings of a node, read from the environment once.

Every variable is listed in `docs/operations.md`; a test compares the two.
"""

import os
import sys

from tulou.node import environment
from tulou.node.database import django_database, lake_of
from tulou.node.environment import PACKAGE, ROOT
from tulou.node.profile import load
from tulou.node.secret import known_secret_key

ENVIRONMENT = environment.read()
NODE = load(ENVIRONMENT.node)
DATA = ENVIRONMENT.data
PORT = ENVIRONMENT.port
MODE = ENVIRONMENT.mode
SAMPLE = ENVIRONMENT.sample
KEYS = DATA / "keys"
FILES = DATA / "files"
LAKE_DATA = DATA / "lake"

_URL = ENVIRONMENT.database_url or "postgresql:///tulou"
LAKE_URL = ENVIRONMENT.lake_url or lake_of(_URL)
GATEWAY_URL, STREAMS_URL = ENVIRONMENT.gateway_url, ENVIRONMENT.streams_url
SOURCE_HOSTS = ENVIRONMENT.source_hosts
GATEWAY_ORIGINS = [GATEWAY_URL, STREAMS_URL]
DATABASES = {
    "default": django_database(_URL) | {"TEST": {"NAME": "test_tulou" + os.environ.get("TULOU_TEST_SUFFIX", "")}}
}

KERNEL = [
    "identity", "permissions", "calendar", "temporal", "evidence", "outbox",
    "workflow", "jobs", "files", "search", "ui", "accounts",
]  # fmt: skip
DOMAINS = ["law", "directory", "access", "standards", "catalog", "ingest", "quality", "sharing", "security"]


def _built(room: str, module: str = "apps") -> bool:
    """A room that is not built has no folder, or no such module; looked up without importing it."""
    place = PACKAGE / room.replace(".", "/") / module
    return place.with_suffix(".py").exists() or place.is_dir()


_ROOMS = [
    *[f"kernel.{room}" for room in KERNEL],
    *[f"domains.{room}" for room in DOMAINS if NODE.offers(room)],
    "portal",
    "node",
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_cotton",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "procrastinate.contrib.django",
    *[f"tulou.{room}" for room in _ROOMS if _built(room)],
]
AUTH_USER_MODEL = "identity.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DEBUG = False
ROOT_URLCONF = "tulou.node.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *(["tulou.kernel.ui.shell.context"] if _built("kernel.ui", "shell") else []),
            ],
            "builtins": ["tulou.kernel.ui.templatetags.ui"],
        },
    }
]
MIDDLEWARE = [
    "tulou.node.security.SecureHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *(["tulou.kernel.permissions.middleware.GuardMiddleware"] if _built("kernel.permissions", "middleware") else []),
    *(["tulou.kernel.identity.middleware.ActingMiddleware"] if _built("kernel.identity", "middleware") else []),
]

# -- static files: built by `./dev`, named by their content

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "static-build"
STATICFILES_DIRS = [folder for folder in [ROOT / "frontend" / "dist"] if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files are kept by `kernel.files` alone
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if (STATIC_ROOT / "staticfiles.json").exists() or "collectstatic" in sys.argv
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- safety

SECRET_KEY = known_secret_key(DATA)
ALLOWED_HOSTS = [*ENVIRONMENT.hosts, "localhost", "127.0.0.1", "[::1]"]  # whoever watches the node asks from here
SESSION_COOKIE_NAME = f"tulou_{PORT}"  # browsers share cookies between the ports of one host
CSRF_COOKIE_NAME = f"tulou_csrf_{PORT}"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tulou.kernel.ui.errors.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.tls
SECURE_SSL_REDIRECT = ENVIRONMENT.tls
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.tls else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 86400 if ENVIRONMENT.tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.tls
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ENVIRONMENT.hosts] if ENVIRONMENT.tls else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the form of an entry has 18 fields for each of its columns
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "WARNING"},
    },
}
