"""What the agencies hold: entries compiled, endorsed, reviewed and published, rules bound, data aggregated."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models

from tulou.domains.catalog import services as catalog
from tulou.domains.catalog import vocabulary
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency, Duty, InformationSystem
from tulou.domains.ingest import services as ingest
from tulou.kernel.jobs import run_pending
from tulou.node.sample import companies, pack, persons, reader
from tulou.node.sample.people import acting, holder

DEMO_ROWS = {"persons": 20_000, "companies": 5_000}
REVIEWER = "bureau-reviewer"


def entry_of(spec: reader.EntrySpec) -> Entry | None:
    """The entry of a spec where it was already compiled."""
    return Entry.objects.filter(name=spec.name, provider__code=spec.provider).first()


def publish(spec: reader.EntrySpec) -> None:
    """Take one entry from its compilation to its publication, each step by whose role it is."""
    entry = entry_of(spec)
    manager = holder("data_manager", spec.provider)
    if entry is None:
        provider = Agency.objects.get(code=spec.provider)
        entry = catalog.create_entry(content_of(spec), provider=provider.id, actor=manager)
    if entry.status == vocabulary.EntryStatus.DRAFT:
        catalog.endorse(entry, actor=holder("office_approver", spec.provider), note="同意报送")
    if entry.status == vocabulary.EntryStatus.ENDORSED:
        catalog.submit(entry, actor=manager)
    if entry.status == vocabulary.EntryStatus.SUBMITTED:
        catalog.publish(entry, actor=acting(REVIEWER), note="符合编制规范")


def content_of(spec: reader.EntrySpec) -> dict[str, Any]:
    """The catalogue form of a spec, with the vocabularies' codes for its Chinese words."""
    provider = Agency.objects.get(code=spec.provider)
    return {
        "name": spec.name,
        "abstract": spec.abstract,
        "category_class": spec.category.class_,
        "category_item": spec.category.item,
        "category_directory": spec.category.object,
        "category_detail": spec.category.detail,
        "category_path": list(spec.category_path),
        "domain": spec.domain,
        "theme": spec.theme,
        "keywords": list(spec.keywords),
        "region": spec.region,
        "region_version": spec.region_version,
        "period_from": spec.period_from.isoformat(),
        "period_to": spec.period_to.isoformat() if spec.period_to else None,
        "provider_dept": spec.provider_dept,
        "duty": str(Duty.objects.get(code=spec.duty, agency=provider).id),
        "system": str(InformationSystem.objects.get(code=spec.system, agency=provider).id),
        "authority_source": spec.authority_source,
        "authority_note": spec.authority_note,
        "format_major": _code(vocabulary.FormatMajor, spec.format_major),
        "format_minor": spec.format_minor,
        "update_cycle": _code(vocabulary.UpdateCycle, spec.update_cycle),
        "retention": spec.retention,
        "destroy_rule": spec.destroy_rule,
        "share_type": _code(vocabulary.ShareType, spec.share_type),
        "share_condition": spec.share_condition,
        "share_methods": [_code(vocabulary.ShareMethod, method) for method in spec.share_methods],
        "open_type": _code(vocabulary.OpenType, spec.open_type),
        "open_condition": spec.open_condition,
        "grade": spec.grade,
        "national_grade": _code(vocabulary.NationalGrade, f"{spec.national_grade}数据"),
        "is_important": spec.important,
        "contains_personal": spec.personal,
        "sensitive_personal": spec.sensitive_personal,
        "minors": spec.minors,
        "personal_basis": spec.personal_basis,
        "is_synthetic": spec.synthetic,
        "contact": spec.contact,
        "phone": spec.phone,
        "table": spec.table,
        "items": [_item(item, spec) for item in spec.item],
    }


def _item(item: reader.ItemSpec, spec: reader.EntrySpec) -> dict[str, Any]:
    decimal = item.type == "N"
    return {
        "name": item.name,
        "label": item.label,
        "source_name": item.source,
        "type": item.type,
        "length": (item.precision if decimal else item.length) or None,
        "precision": item.scale if decimal else None,
        "nullable": item.nullable,
        "is_key": item.key,
        "code_table": item.code_table,
        "grade": item.grade,
        "share_type": _code(vocabulary.ShareType, item.share_type),
        "open_type": _code(vocabulary.OpenType, spec.open_type),
        "mask": item.mask.kind,
        "mask_head": item.mask.head,
        "mask_tail": item.mask.tail,
    }


def _code(choices: type[models.TextChoices], label: str) -> str:
    """The code behind a Chinese word."""
    for choice in choices:
        if choice.label == label:
            return str(choice.value)
    raise reader.SpecProblem(f"“{label}”不在“{choices.__name__}”的取值中")


def aggregate(spec: reader.EntrySpec) -> None:
    """Drop the entry's files one by one, as its data manager does; a file that landed before adds nothing."""
    entry = entry_of(spec)
    if entry is None:
        raise LookupError(f"样例目录“{spec.name}”尚未发布")
    manager = holder("data_manager", spec.provider)
    for name, content in files_of(spec):
        source = ingest.drop_file(entry.id, io.BytesIO(content), name, actor=manager)
        ingest.start_batch(source, actor=manager)
        run_pending()


def files_of(spec: reader.EntrySpec) -> Iterator[tuple[str, bytes]]:
    """The entry's original files, or its generated register."""
    for dataset in spec.datasets:
        yield Path(dataset).name, pack.open_dataset(dataset)
    if spec.generator == "persons":
        yield "人口样例（合成）.csv", persons.generate_persons(DEMO_ROWS["persons"]).csv
    if spec.generator == "companies":
        yield "法人样例（合成）.csv", companies.generate_companies(DEMO_ROWS["companies"]).csv
