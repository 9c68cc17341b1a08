"""Commands of the catalogue: compile, change, review, publish, retire; bind the table; note updates."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.catalog import checks, coding, search
from tulou.domains.catalog.content import Content, apply_content, content_of, digest, item_rows, working_content
from tulou.domains.catalog.models import Draft, Entry, EntryVersion, Item
from tulou.domains.catalog.policies import may_compile
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.domains.catalog.workflow import ENTRY
from tulou.domains.directory.public import duty as duty_info
from tulou.domains.directory.public import holder_today
from tulou.domains.directory.public import system as system_info
from tulou.kernel import temporal
from tulou.kernel.calendar import today
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import Forbidden, require
from tulou.trust.plans import TableRef

EDITABLE = (EntryStatus.DRAFT, EntryStatus.CHANGING)


@transaction.atomic
def create_entry(content: Content, *, provider: UUID, actor: Actor) -> Entry:
    """Begin an entry for an agency; gaps are allowed until it is submitted.

    Raises:
        ValidationError: a field has an impossible value, or the agency already has an entry of this name.
    """
    require(actor, "catalog.compile", organisation=provider)
    entry = Entry(provider_id=provider)
    apply_content(entry, content)
    _validate(entry, content)
    ENTRY.begin(entry, actor=actor)
    Item.objects.bulk_create(item_rows(entry, content.get("items", [])))
    search.refresh(entry)
    return entry


@transaction.atomic
def save_content(
    entry: Entry, content: Content, *, actor: Actor, revision: int | None = None, base: str | None = None
) -> Entry:
    """Save what its agency is working on. A published entry stays as it is: the change waits in a draft.

    `base` is the digest of the content that the page showed, to notice somebody else's saving in between.

    Raises:
        ValidationError: it cannot be edited now, was changed by somebody else, or a value is impossible.
    """
    row = _editable(entry, actor, revision)
    if base is not None and base != digest(working_content(row)):
        raise ValidationError("您打开页面之后，内容已由他人保存；请另开页面核对后再修改，以免覆盖")
    row.offered_on = None
    if row.version == 0:
        _write(row, content)
    else:
        trial = Entry(provider_id=row.provider_id, pk=row.pk)
        trial._state.adding = False
        apply_content(trial, content)
        _validate(trial, content)
        whole = content_of(trial, item_rows(trial, content.get("items", [])))
        Draft.objects.update_or_create(entry=row, defaults={"content": whole})
        row.save(update_fields=["offered_on"])
    record("catalog.entry.save", actor=actor, subjects=[f"entry:{row.id}"], data={"sha256": digest(content)})
    return row


@transaction.atomic
def offer(entry: Entry, *, actor: Actor) -> Entry:
    """Say that the content is ready for the own office's examination (提请部门审核); saving it again takes that back.

    Raises:
        ValidationError: what is still missing, field by field, or it is with somebody else already.
    """
    row = _editable(entry, actor, None)
    _demand_complete(row)
    row.offered_on = today()
    row.save(update_fields=["offered_on"])
    subjects = [f"entry:{row.id}", f"agency:{row.provider_id}"]
    record("catalog.entry.offer", actor=actor, subjects=subjects, data={"sha256": digest(working_content(row))})
    return row


def endorse(entry: Entry, *, actor: Actor, note: str = "", revision: int | None = None) -> Entry:
    """The provider's own office agrees; only a content without findings can go on.

    Raises:
        ValidationError: what is still missing, field by field.
    """
    _demand_complete(entry)
    return _advance(entry, "endorse", actor=actor, note=note, revision=revision, changes={"offered_on": None})


def submit(entry: Entry, *, actor: Actor, note: str = "", revision: int | None = None) -> Entry:
    """Send it to the bureau's review desk; the review clock starts."""
    _demand_complete(entry)
    return _advance(entry, "submit", actor=actor, note=note, revision=revision)


def recall(entry: Entry, *, actor: Actor, note: str = "", revision: int | None = None) -> Entry:
    """Take it back for further work before it is submitted."""
    return _advance(entry, "recall", actor=actor, note=note, revision=revision)


def send_back(entry: Entry, *, remarks: str, actor: Actor, revision: int | None = None) -> Entry:
    """Return it to its agency with remarks.

    Raises:
        ValidationError: no remarks: its agency must know what to change.
    """
    if not remarks.strip():
        raise ValidationError({"note": "请写明退回原因，便于提供方修改"})
    return _advance(entry, "send_back", actor=actor, note=remarks, revision=revision)


@transaction.atomic
def publish(entry: Entry, *, actor: Actor, note: str = "", revision: int | None = None) -> Entry:
    """Publish: apply the change if there is one, give the code, keep the version.

    Raises:
        ValidationError: the content has findings.
    """
    row = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    content = _demand_complete(row)
    first = not _is_change(entry)
    _advance(
        row,
        "publish",
        actor=actor,
        note=note,
        revision=entry.revision if revision is None else revision,
        changes={"version": row.version + 1, "published_on": row.published_on or today()},
        version=row.version + 1,
        content_sha256=digest(content),
    )
    if not first:
        _apply_change(row, content)
    row.resource_code = coding.issue(row)
    row.save(update_fields=["resource_code"])
    EntryVersion.objects.create(
        entry=row,
        version=row.version,
        content=content_of(row),
        sha256=digest(content_of(row)),
        reason=row.change_reason,
        published_by=actor.label,
    )
    temporal.record(row, actor=actor, note=row.change_reason)
    search.refresh(row)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def begin_change(
    entry: Entry, *, reason: str, trigger_on: date | None = None, actor: Actor, revision: int | None = None
) -> Entry:
    """Open a change of a published entry; the update clock starts.

    Raises:
        ValidationError: no reason, or a trigger day in the future.
    """
    if not reason.strip():
        raise ValidationError({"reason": "请填写变更原因，例如职责调整、字段增减"})
    if trigger_on is not None and trigger_on > today():
        raise ValidationError({"trigger_on": "变更触发日期不能晚于今天"})
    changes = {"change_reason": reason, "change_trigger_on": trigger_on or today()}
    ENTRY.advance(entry, "change", actor=actor, note=reason, revision=revision, changes=changes)
    Draft.objects.update_or_create(entry=entry, defaults={"content": content_of(entry)})
    return entry


@transaction.atomic
def abandon_change(entry: Entry, *, actor: Actor, note: str = "", revision: int | None = None) -> Entry:
    """Drop a change in preparation; the published version stays."""
    changes = {"offered_on": None}
    ENTRY.advance(entry, "abandon_change", actor=actor, note=note, revision=revision, changes=changes)
    Draft.objects.filter(entry=entry).delete()
    return entry


@transaction.atomic
def retire(entry: Entry, *, reason: str, actor: Actor, revision: int | None = None) -> Entry:
    """Take an entry out of use; its code and versions stay readable.

    Raises:
        ValidationError: no reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": "请填写停用原因"})
    ENTRY.advance(entry, "retire", actor=actor, note=reason, revision=revision)
    temporal.record(entry, actor=actor, note=reason)
    search.refresh(entry)
    return entry


@transaction.atomic
def bind_table(entry_id: UUID, ref: TableRef, *, actor: Actor) -> None:
    """Say which table of the lake holds the entry's data (挂接). Binding the same table again changes nothing."""
    row = Entry.objects.select_for_update(of=("self",)).get(pk=entry_id)
    if (row.zone, row.table) == (ref.zone, ref.name) and row.zone:
        return
    row.zone, row.table = ref.zone, ref.name
    row.full_clean(validate_unique=True)
    row.save(update_fields=["zone", "table", "updated_at"])
    record("catalog.entry.bind", actor=actor, subjects=[f"entry:{row.id}"], data={"zone": ref.zone, "table": ref.name})


def note_update(entry_id: UUID, *, on: date, rows: int) -> None:
    """Note that the entry's data were updated on a day and how many current rows it has now."""
    Entry.objects.filter(pk=entry_id).update(data_updated_on=on, data_rows=rows)


def zone_of(entry: Entry) -> str:
    """The zone where the entry's data belong: sealed where they are personal or of level 3 or 4, plain elsewhere."""
    sealed = entry.contains_personal or entry.grade >= 3
    return f"{entry.provider.code.replace('-', '_')}_{'sealed' if sealed else 'plain'}"


def _is_change(entry: Entry) -> bool:
    return entry.status in (EntryStatus.CHANGING, EntryStatus.CHANGE_ENDORSED, EntryStatus.CHANGE_SUBMITTED)


def _advance(entry: Entry, move: str, *, actor: Actor, **facts: Any) -> Entry:
    """Make a move of the first publication, or its counterpart while a published entry is changed."""
    return ENTRY.advance(entry, f"{move}_change" if _is_change(entry) else move, actor=actor, **facts)


def _editable(entry: Entry, actor: Actor, revision: int | None) -> Entry:
    row = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if not may_compile(row, actor):
        raise Forbidden(actor, "catalog.compile", name="编制目录", reason="只有提供方的数据管理员可以修改", ask=())
    if row.status not in EDITABLE:
        raise ValidationError(f"目录当前为“{row.get_status_display()}”，不能修改；请先撤回或发起变更")
    if revision is not None and revision != row.revision:
        raise ValidationError("您打开页面之后，目录已由他人办理，请刷新页面后再修改")
    return row


def _demand_complete(entry: Entry) -> Content:
    content = working_content(entry)
    found = checks.findings(content, on=today())
    if found:
        raise ValidationError({"__all__": [finding.message for finding in found]})
    return content


def _validate(entry: Entry, content: Mapping[str, Any]) -> None:
    entry.clean_fields(exclude=["status", "provider"])
    entry.validate_unique()
    entry.validate_constraints(exclude=["status"])
    problems = [*_foreign(entry)]
    for row, item in enumerate(item_rows(entry, content.get("items", [])), start=1):
        try:
            item.clean_fields(exclude=["entry", *(["label"] if not item.label else [])])
        except ValidationError as wrong:
            problems += [f"信息项第{row}行：{message}" for message in wrong.messages]
    if problems:
        raise ValidationError({"__all__": problems})


def _foreign(entry: Entry) -> list[str]:
    """A duty or system that another agency registered cannot be the source of this entry."""
    found = []
    home = holder_today(entry.provider_id)
    duty = duty_info(entry.duty_id) if entry.duty_id else None
    system = system_info(entry.system_id) if entry.system_id else None
    if duty and holder_today(duty.agency) != home:
        found.append(f"职责“{duty.name}”不属于提供方，请选择本机构的权责清单事项")
    if system and holder_today(system.agency) != home:
        found.append(f"信息系统“{system.name}”不属于提供方，请选择本机构的信息系统")
    return found


def _write(row: Entry, content: Content) -> None:
    apply_content(row, content)
    _validate(row, content)
    row.save()
    row.items.all().delete()
    Item.objects.bulk_create(item_rows(row, content.get("items", [])))
    search.refresh(row)


def _apply_change(row: Entry, content: Content) -> None:
    _write(row, content)
    Draft.objects.filter(entry=row).delete()
