"""A domain is entered through its public door; law is kept by the few who may keep it."""

import ast

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import DOMAINS, Module, modules, product

#: Rooms whose models others may point at (DESIGN: foreign keys cross a domain only downward, to these).
POINTED_AT = {"law", "directory", "access", "standards", "catalog"}
#: The flow and its guard.
STATUS_WRITERS = {"tulou.kernel.workflow.flow", "tulou.kernel.workflow.models"}


def _foreign(module: Module) -> list[str]:
    """Imports that reach into another domain past its door."""
    found = []
    for name in module.imports():
        parts = name.split(".")
        if parts[:2] != ["tulou", "domains"] or len(parts) < 4 or parts[2] == module.room:
            continue
        inner = parts[3]
        allowed = inner == "public" or (inner == "models" and parts[2] in POINTED_AT and _is_model_file(module))
        if not allowed:
            found.append(name)
    return found


def _is_model_file(module: Module) -> bool:
    return module.name.split(".")[3:4] == ["models"]


@pytest.mark.parametrize("room", DOMAINS)
def test_a_domain_enters_others_only_through_their_public_door(room: str) -> None:
    faults = {m.name: _foreign(m) for m in product() if m.room == room and _foreign(m)}
    assert faults == {}


def test_the_portal_enters_domains_only_through_their_public_door() -> None:
    inside = [m for m in product() if m.name.startswith("tulou.portal")]
    faults = {m.name: _foreign(m) for m in inside if _foreign(m)}
    assert faults == {}


def test_no_foreign_key_points_upward_or_sideways() -> None:
    order = {room: place for place, room in enumerate(DOMAINS)}
    faults = []
    for model in apps.get_models():
        here = model._meta.app_label
        if here not in order:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            there = field.related_model._meta.app_label
            if there in order and there != here and (order[there] >= order[here] or there not in POINTED_AT):
                faults.append(f"{here}.{model.__name__}.{field.name} → {there}")
    assert faults == []


def test_a_foreign_key_that_crosses_a_domain_leaves_no_name_behind() -> None:
    faults = []
    for model in apps.get_models():
        if model._meta.app_label not in DOMAINS:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                target = field.related_model._meta.app_label
                crosses = target != model._meta.app_label
                if crosses and field.remote_field.related_name != "+":
                    faults.append(f"{model._meta.label}.{field.name}")
    assert faults == []


def test_nobody_but_the_flow_writes_a_status() -> None:
    """The models guard themselves; here also the ways around the guard are closed."""
    faults = []
    for module in product():
        if module.name in STATUS_WRITERS or not module.name.startswith("tulou.domains"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr == "_base_manager":
                faults.append(f"{module.name}:{node.lineno} uses _base_manager")
            if isinstance(node, ast.Assign):
                targets = [t for t in node.targets if isinstance(t, ast.Attribute) and t.attr == "status"]
                faults += [f"{module.name}:{target.lineno} assigns a status" for target in targets]
    assert faults == []


def test_django_signals_are_not_used() -> None:
    faults = [m.name for m in product() if any(name.startswith("django.db.models.signals") for name in m.imports())]
    assert faults == []


def test_every_room_says_what_it_is_for() -> None:
    faults = [m.name for m in product() if m.lines > 0 and ast.get_docstring(m.tree) is None]
    assert faults == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager", "misc"])
def test_no_module_has_a_name_that_says_nothing(name: str) -> None:
    assert [m.name for m in modules() if m.name.split(".")[-1] == name] == []
