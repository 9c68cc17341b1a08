"""Django settings of a node, read from the environment once.

Every variable is listed in `docs/operations.md`; a test compares the two.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from tulou.node.database import django_database

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent

DATA = Path(os.environ.get("TULOU_DATA", ROOT / "var")).resolve()
PORT = int(os.environ.get("TULOU_PORT", "8000"))
MODE = os.environ.get("TULOU_MODE", "sample")


DATABASES = {
    "default": django_database(os.environ.get("DATABASE_URL", "postgresql:///tulou"))
    | {"TEST": {"NAME": "test_tulou" + os.environ.get("TULOU_TEST_SUFFIX", "")}}
}

KERNEL = ["identity", "permissions", "calendar", "temporal", "evidence", "outbox", "workflow", "jobs", "files", "search", "ui"]
DOMAINS = [
    "law", "directory", "access", "standards", "catalog", "ingest", "quality", "sharing", "security",
]


def _built(package: str) -> bool:
    """Rooms that are not built yet have no folder, or no `apps` module."""
    return find_spec(package) is not None and find_spec(f"{package}.apps") is not None


INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_cotton",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "procrastinate.contrib.django",
    *[f"tulou.kernel.{room}" for room in KERNEL if _built(f"tulou.kernel.{room}")],
    *[f"tulou.domains.{room}" for room in DOMAINS if _built(f"tulou.domains.{room}")],
    *[room for room in ["tulou.portal", "tulou.node"] if _built(room)],
]
AUTH_USER_MODEL = "identity.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
SECRET_KEY = os.environ.get("TULOU_SECRET_KEY", "sample-mode-only")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("TULOU_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ROOT_URLCONF = "tulou.node.urls"
STATIC_URL = "/static/"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
