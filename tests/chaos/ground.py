"""A real node to be killed: started as its operator starts it, with two agencies, their people and their browsers.

This process sets itself up on the node's database, as another worker of it
would; what people do goes over HTTP, with sessions and forms.
"""

import json
import os
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.node.running import RunningNode, eventually

if TYPE_CHECKING:
    from tulou.domains.ingest.tests.ground import Ground
    from tulou.kernel.identity import Actor

PASSWORD = "chaos-test-account-2031"
PATIENCE = 120.0


class NodeGround:
    """The node, and what stands on it."""

    def __init__(self, folder: Path) -> None:
        self.node = RunningNode(folder)
        self.node.start()
        demand_soon(self.node.well, lambda: f"the node is not well: {self.node.health()}")
        _set_up_django(self.node)
        self.ground: Ground = _found()

    def browser(self, actor: "Actor") -> httpx.Client:
        """A signed-in browser of an account that the ground knows."""
        from tulou.kernel.identity import Account

        account = Account.objects.get(party=actor.person)
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.save()
        client = httpx.Client(base_url=f"http://localhost:{self.node.port}", timeout=30)
        form = form_with(client.get("/login/").text, "password")
        answer = client.post("/login/", data={**form, "login": account.login, "password": PASSWORD})
        if answer.status_code != 302:
            raise AssertionError(f"{account.login} cannot sign in: {answer.status_code}")
        return client

    def refresh(self) -> None:
        """Forget connections that a kill may have broken."""
        from django.db import connection

        from tulou.domains.ingest.lake import lake

        connection.close()
        lake().close()


class _Forms(HTMLParser):
    """Every form of a page with the values of its inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
            self._open = True
        elif self._open and tag in ("input", "select", "textarea") and told.get("name"):
            if told.get("type") not in ("radio", "checkbox"):
                self.forms[-1][told["name"]] = told.get("value", "")
            else:
                self.forms[-1].setdefault(told["name"], "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def form_with(page: str, name: str) -> dict[str, str]:
    """The inputs of the page's form that has a field of this name."""
    parser = _Forms()
    parser.feed(page)
    for form in parser.forms:
        if any(field.startswith(name) for field in form):
            return form
    told = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    raise AssertionError(f"no form with {name} on the page: {told[:300]}")


def demand_soon(condition: Callable[[], bool], sentence: Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait until it comes true; fail with the sentence otherwise."""
    if not eventually(condition, seconds):
        raise AssertionError(sentence())


def quietly(condition: Callable[[], bool]) -> Callable[[], bool]:
    """The condition, false while the database is being restarted."""
    from django.db import DatabaseError, InterfaceError, connection

    def asked() -> bool:
        try:
            return condition()
        except (DatabaseError, InterfaceError):
            connection.close()
            time.sleep(0.2)
            return False

    return asked


def _set_up_django(node: RunningNode) -> None:
    noted = json.loads((node.data / "run" / "node.json").read_text())
    os.environ.update(node.environment())
    os.environ["DATABASE_URL"], os.environ["TULOU_LAKE_URL"] = noted["database_url"], noted["lake_url"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tulou.node.settings"
    import django
    from django.db import connections

    from tulou.node.database import django_database

    django.setup()
    connections.databases["default"].update(django_database(noted["database_url"], pool=0))


def _found() -> "Ground":
    from tests.chaos.facts import lay_clocks
    from tulou.domains.ingest.tests.ground import found
    from tulou.node.sample import foundation

    lay_clocks()
    foundation.law()
    return found()
