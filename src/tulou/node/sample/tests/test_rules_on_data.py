"""The sample's quality rules on the sample's data: real files pass, every injected fault is caught by a rule."""

import csv
import io
from collections.abc import Iterable
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from tulou.node.sample import companies, persons, reader
from tulou.node.sample.pack import open_dataset
from tulou.node.sample.synthetic import Generated
from tulou.plane.rules import compile_rules

ENTRIES = {entry.code: entry for entry in reader.entries()}
TODAY = date(2026, 1, 5)
Outcome = dict[int, tuple[set[str], set[str]]]


def text_table(entry: reader.EntrySpec, contents: Iterable[bytes]) -> pa.Table:
    """The files as text columns named as in the lake, with the source row number."""
    rows: list[dict[str, str]] = []
    for content in contents:
        rows += csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    missing = {item.source for item in entry.item} ^ set(rows[0])
    assert not missing, f"{entry.code}: columns of the file and items differ: {missing}"
    columns = {item.name: pa.array([row[item.source] or None for row in rows], pa.string()) for item in entry.item}
    return pa.table({"_row": pa.array(range(1, len(rows) + 1), pa.int64()), **columns})


def failures(entry: reader.EntrySpec, contents: Iterable[bytes]) -> Outcome:
    """Row → rules that blocked it and rules that warned."""
    compiled = compile_rules(entry.rule, entry.schema, today=TODAY)
    connection = duckdb.connect(":memory:")
    connection.register("batch", text_table(entry, contents))
    found = connection.execute(f"SELECT _row, _broken, _warned FROM ({compiled.failing_sql('batch')})").fetchall()
    return {row: (set(broken), set(warned)) for row, broken, warned in found}


@pytest.mark.parametrize("code", [code for code, entry in ENTRIES.items() if not entry.synthetic])
def test_published_files_pass_the_blocking_rules(code: str) -> None:
    entry = ENTRIES[code]
    found = failures(entry, [open_dataset(name) for name in entry.datasets])
    assert {row: broken for row, (broken, _) in found.items() if broken} == {}


def test_real_gaps_and_contradictions_are_noticed() -> None:
    """What the published files really hold: missing measurements, abolished codes, more dead than confirmed."""
    noticed: dict[str, dict[str, int]] = {}
    for code in ("sthj-air", "tj-region-county", "wjw-epidemic"):
        counts = noticed.setdefault(code, {})
        for _, warned in failures(ENTRIES[code], [open_dataset(name) for name in ENTRIES[code].datasets]).values():
            for rule in warned:
                counts[rule] = counts.get(rule, 0) + 1

    assert noticed["sthj-air"]["pm25.required"] == 2_067
    assert noticed["tj-region-county"]["code.abolished"] == 5
    assert noticed["wjw-epidemic"]["dead.confirmed"] == 102
    assert noticed["wjw-epidemic"]["country_code.required"] == 78


PERSON_RULES = {
    "abolished_region": {"household_region.in_list"},
    "id_fifteen_digits": {"id_no.id_no"},
    "id_lower_x": {"id_no.id_no"},
    "id_full_width": {"id_no.id_no"},
    "id_wrong_check": {"id_no.id_no"},
    "id_scientific": {"id_no.id_no", "id_no.not_scientific", "key.unique"},
    "birth_placeholder": {"birth_date.range"},
    "birth_impossible": {"birth_date.type"},
    "sex_mismatch": {"sex.parity"},
    "death_before_birth": {"death_date.compare"},
    "name_missing": {"name.required"},
    "test_row": {"name.not_test_data"},
    "duplicate": {"key.unique"},
    "duplicate_respelled": {"key.unique"},
}
COMPANY_RULES = {
    "uscc_excluded_letter": {"uscc.uscc"},
    "uscc_wrong_check": {"uscc.uscc"},
    "uscc_wrong_organisation_code": {"uscc.uscc"},
    "uscc_lower_case": {"uscc.uscc"},
    "uscc_full_width": {"uscc.uscc"},
    "uscc_scientific": {"uscc.uscc", "uscc.not_scientific", "key.unique"},
    "capital_negative": {"reg_capital.range"},
    "capital_in_yuan": {"reg_capital.unit"},
    "capital_with_unit": {"reg_capital.type"},
    "date_placeholder": {"established_on.range"},
    "date_impossible": {"established_on.type"},
    "date_future": {"established_on.range"},
    "abolished_region": {"region.in_list"},
    "name_missing": {"name.required"},
    "test_row": {"name.not_test_data"},
    "duplicate": {"key.unique"},
}


@pytest.mark.parametrize(
    ("code", "made", "by_kind"),
    [
        ("ga-person", persons.generate_persons(20_000), PERSON_RULES),
        ("sg-company", companies.generate_companies(5_000), COMPANY_RULES),
    ],
    ids=["persons", "companies"],
)
def test_the_rules_find_every_injected_fault_and_nothing_else(
    code: str, made: Generated, by_kind: dict[str, set[str]]
) -> None:
    found = failures(ENTRIES[code], [made.csv])
    kinds = {item.row: item.kind for item in made.truth}

    assert set(found) == set(kinds)
    for row, (broken, warned) in found.items():
        assert broken | warned <= by_kind[kinds[row]], (row, kinds[row])
