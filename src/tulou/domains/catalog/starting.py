"""Ways to begin an entry: blank, from a structure that was read, or as a copy; each with the agency's own defaults."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.catalog import services
from tulou.domains.catalog.content import Content, content_of, digest, working_content
from tulou.domains.catalog.models import Entry, Reading
from tulou.domains.catalog.proposals import entry_defaults
from tulou.domains.catalog.reading import Structure
from tulou.domains.catalog.vocabulary import FormatMajor
from tulou.domains.directory.public import agency, duties_of, systems_of
from tulou.domains.standards.public import code_table
from tulou.kernel.identity import Actor
from tulou.plane.connect import english_names

#: What belongs to the copied entry alone.
NOT_COPIED = ("table", "authority_source", "authority_note", "is_important", "important_document")


def defaults(provider: UUID, actor: Actor) -> Content:
    """What the agency's data manager would fill in anyway."""
    home = agency(provider)
    if home is None:
        raise ValidationError("您当前没有所属机构，不能编制目录；请先在右上角选择办理机构")
    duties, systems, regions = duties_of(provider), systems_of(provider), code_table("region")
    last = Entry.objects.filter(provider_id=provider).exclude(domain="").order_by("-updated_at").first()
    return {
        "category_class": "3",
        "domain": last.domain if last else "",
        "region": home.region,
        "region_version": regions.version if regions else "",
        "duty": str(duties[0].id) if len(duties) == 1 else None,
        "system": str(systems[0].id) if len(systems) == 1 else None,
        "share_methods": ["table", "file", "api"],
        "contact": actor.label,
    }


def begin_blank(name: str, *, provider: UUID, actor: Actor) -> Entry:
    """An entry with nothing but its name and the defaults."""
    content = defaults(provider, actor) | {"name": name, "table": _table_name(name)}
    return services.create_entry(content, provider=provider, actor=actor)


@transaction.atomic
def begin_from_structure(structure: Structure, name: str, *, provider: UUID, actor: Actor) -> Entry:
    """An entry pre-filled from real columns; why each looks like this is kept beside it."""
    content = {
        **defaults(provider, actor),
        **entry_defaults(structure.proposals),
        **_format(structure),
        "name": name,
        "table": _table_name(name),
        "items": [proposal.item for proposal in structure.proposals],
    }
    entry = services.create_entry(content, provider=provider, actor=actor)
    _keep_reading(entry, structure)
    return entry


@transaction.atomic
def add_structure(entry: Entry, structure: Structure, *, actor: Actor) -> int:
    """Add the columns that an entry in preparation does not have yet; what was edited stays. How many were added."""
    content = working_content(entry)
    held = {item.get("source_name") or item["label"] for item in content["items"]}
    names = {item["name"] for item in content["items"]}
    fresh = [proposal.item for proposal in structure.proposals if proposal.item["source_name"] not in held]
    for item in fresh:
        item["name"] = _unlike(item["name"], names)
        names.add(item["name"])
    content["items"] = [*content["items"], *fresh]
    services.save_content(entry, content, actor=actor, base=digest(working_content(entry)))
    _keep_reading(entry, structure)
    return len(fresh)


@transaction.atomic
def begin_copy(source: Entry, name: str, *, provider: UUID, actor: Actor) -> Entry:
    """An entry that starts as a copy; duty, system and contact are one's own."""
    content = {key: value for key, value in content_of(source).items() if key not in NOT_COPIED}
    own = defaults(provider, actor)
    if source.provider_id != provider:
        content |= {key: own[key] for key in ("duty", "system", "region", "contact")}
        content |= {"provider_dept": "", "phone": ""}
    return services.create_entry({**content, "name": name, "table": _table_name(name)}, provider=provider, actor=actor)


def _keep_reading(entry: Entry, structure: Structure) -> None:
    columns = {proposal.item["source_name"]: list(proposal.reasons) for proposal in structure.proposals}
    Reading.objects.update_or_create(
        entry=entry, defaults={"kind": structure.kind, "name": structure.name[:200], "columns": columns}
    )


def _format(structure: Structure) -> Content:
    if structure.kind == "postgres":
        return {"format_major": FormatMajor.DATABASE, "format_minor": "postgresql"}
    sheet = structure.kind in ("csv", "xlsx")
    return {
        "format_major": FormatMajor.SPREADSHEET if sheet else FormatMajor.SELF_DESCRIBED,
        "format_minor": structure.kind,
    }


def _table_name(name: str) -> str:
    return english_names([name])[0][:48].strip("_")


def _unlike(name: str, taken: set[str]) -> str:
    number, wanted = 2, name
    while wanted in taken:
        wanted, number = f"{name[:44]}_{number}", number + 1
    return wanted
