"""Commands of the standards room: adopt an edition of a code table. Editions are added, never rewritten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.standards.models import Code, CodeTable, CodeTableVersion
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import require

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """One code as it comes in: its value, meaning and parent value."""

    value: str
    label: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class EditionSpec:
    """An edition of a code table as it comes in."""

    table: str
    name: str
    version: str
    source: str
    valid_from: date
    standard: str = ""


@transaction.atomic
def adopt_code_table(edition: EditionSpec, codes: Sequence[CodeSpec], *, actor: Actor) -> CodeTableVersion:
    """Adopt an edition; the edition before it ends the same day. Adopting the same edition again changes nothing.

    Raises:
        ValidationError: no codes, a value twice, a parent that is missing, a cycle, or a day before the last edition.
    """
    require(actor, "standards.maintain")
    _check_codes(codes)
    table, _ = CodeTable.objects.select_for_update().get_or_create(
        code=edition.table, defaults={"name": edition.name, "standard": edition.standard}
    )
    known = table.versions.filter(version=edition.version).first()
    if known is not None:
        return known
    _end_last_edition(table, edition.valid_from)
    version = CodeTableVersion(
        table=table, version=edition.version, source=edition.source, valid_from=edition.valid_from
    )
    version.full_clean()
    version.save(force_insert=True)
    Code.objects.bulk_create(_rows(version, codes), batch_size=CHUNK)
    record(
        "standards.code_table.adopt",
        actor=actor,
        subjects=[f"code_table:{table.id}"],
        data={"table": table.code, "version": version.version, "codes": len(codes)},
    )
    return version


def _rows(version: CodeTableVersion, codes: Iterable[CodeSpec]) -> list[Code]:
    return [Code(version=version, value=c.value, label=c.label, parent=c.parent) for c in codes]


def _end_last_edition(table: CodeTable, on: date) -> None:
    last = table.versions.filter(valid_to__isnull=True).first()
    if last is None:
        return
    if on <= last.valid_from:
        started = f"{last.valid_from:%Y年%m月%d日}"
        raise ValidationError({"valid_from": f"启用日期应晚于现行版本{last.version}的启用日期{started}"})
    last.valid_to = on
    last.save(update_fields=["valid_to"])


def _check_codes(codes: Sequence[CodeSpec]) -> None:
    if not codes:
        raise ValidationError({"codes": "代码表没有任何代码，请检查导入的文件"})
    parents: dict[str, str] = {}
    for row, code in enumerate(codes, start=1):
        if code.value in parents:
            raise ValidationError({"codes": f"第{row}行：代码 {code.value} 重复，请保留一行"})
        parents[code.value] = code.parent
    for row, code in enumerate(codes, start=1):
        if code.parent and code.parent not in parents:
            raise ValidationError({"codes": f"第{row}行：代码 {code.value} 的上级 {code.parent} 不在表中"})
    _refuse_cycles(parents)


def _refuse_cycles(parents: dict[str, str]) -> None:
    """A vocabulary is a forest: following parents must end."""
    safe: set[str] = set()
    for start in parents:
        path: list[str] = []
        value = start
        while value and value not in safe:
            if value in path:
                ring = " → ".join([*path[path.index(value) :], value])
                raise ValidationError({"codes": f"代码 {ring} 互为上级，请改正"})
            path.append(value)
            value = parents[value]
        safe.update(path)
