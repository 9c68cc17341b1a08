"""One word for one concept: the identifiers of the code and the words of the pages meet in `docs/glossary.md`."""

import re
from collections import Counter

from django.apps import apps
from django.db import models

from tests.architecture.source import ROOT

ROW = re.compile(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
HISTORY = "历史"


def _rows() -> list[tuple[str, str, str]]:
    """Identifier cell, word, meaning."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return [(code.strip(), word.strip(), meaning.strip()) for code, word, meaning in ROW.findall(text)]


def _nouns() -> dict[str, str]:
    """Every model of the product with its Chinese name; histories are named after their noun."""
    return {
        f"`{model._meta.app_label}.{model.__name__}`": str(model._meta.verbose_name)
        for model in apps.get_models()
        if model.__module__.startswith("tulou.") and not model.__name__.endswith("History")
    }


def test_every_noun_of_the_code_stands_in_the_glossary_under_its_own_word() -> None:
    told = {code: word for code, word, _ in _rows()}
    assert {code: word for code, word in _nouns().items() if told.get(code) != word} == {}


def test_the_glossary_names_no_noun_that_does_not_exist() -> None:
    models_named = {code for code, _, _ in _rows() if re.fullmatch(r"`[a-z]+\.[A-Z]\w+`", code)}
    assert models_named - _nouns().keys() == set()


def test_no_word_and_no_identifier_stands_for_two_things() -> None:
    rows = _rows()
    assert [word for word, n in Counter(word for _, word, _ in rows).items() if n > 1] == []
    assert [code for code, n in Counter(code for code, _, _ in rows).items() if n > 1] == []
    assert [code for code, _, meaning in rows if not re.search("[一-鿿]", meaning) or "·" not in meaning] == []


def test_a_history_is_named_after_its_noun() -> None:
    nouns = set(_nouns().values())
    histories = [str(m._meta.verbose_name) for m in apps.get_models() if m.__name__.endswith("History")]
    assert histories
    assert [name for name in histories if name.removesuffix(HISTORY) not in nouns or not name.endswith(HISTORY)] == []


def test_every_field_that_users_see_has_a_chinese_name() -> None:
    """A label in English would reach a page, an export or an error message."""
    bare = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("tulou.domains")
        for field in model._meta.concrete_fields
        if not field.primary_key and not isinstance(field, models.ForeignKey)
        if not re.search("[一-鿿]", str(field.verbose_name)) and field.editable
    ]
    assert bare == []
