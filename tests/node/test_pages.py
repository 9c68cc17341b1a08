"""What every answer of the hub carries, and that the schema matches the code."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tulou.node.environment import PACKAGE

INLINE = re.compile(r"""<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son[a-z]+="|javascript:""")


@pytest.fixture
def policy(client: Client) -> dict[str, str]:
    value = client.get("/healthz").headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in value.split("; "))


@pytest.mark.django_db
def test_only_our_own_scripts_and_styles_run(policy: dict[str, str]) -> None:
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


@pytest.mark.django_db
def test_pages_may_call_the_gateways_and_nobody_else(policy: dict[str, str]) -> None:
    assert policy["connect-src"].split() == ["'self'", settings.GATEWAY_URL, settings.STREAMS_URL]


@pytest.mark.django_db
def test_answers_are_not_framed_guessed_or_kept(client: Client) -> None:
    headers = client.get("/healthz").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_healthz_answers_503_and_names_each_part_when_nothing_else_runs(client: Client) -> None:
    answer = client.get("/healthz", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert parts["database"]["ok"]
    assert not any(parts[name]["ok"] for name in ("worker", "clerk", "gateway", "streams"))
    assert all(re.search("[一-鿿]", part["detail"]) for part in parts.values())


def test_sessions_are_closed_to_scripts_and_to_other_sites() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert not settings.DEBUG


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_inline_script_or_style_stands_in_a_template() -> None:
    faults = [
        f"{path.relative_to(PACKAGE)}: {match.group(0)}"
        for path in PACKAGE.rglob("templates/**/*.html")
        for match in INLINE.finditer(path.read_text(encoding="utf-8"))
        if 'type="application/json"' not in match.group(0)
    ]
    assert not faults
