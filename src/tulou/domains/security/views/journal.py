"""审计台: every leaf of the log, by kind, organisation, period and subject, for the auditor alone."""

import re
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import QuerySet

from tulou.domains.directory.public import all_agencies
from tulou.domains.security.kinds import DOMAINS, title_of
from tulou.domains.security.policies import AUDIT
from tulou.kernel import evidence
from tulou.kernel.permissions import action
from tulou.kernel.ui import places
from tulou.kernel.ui.filters import ChoiceFilter, DayFilter, RegisterFilters
from tulou.kernel.ui.registers import Empty, RegisterView
from tulou.kernel.ui.tables import MomentColumn, NumberColumn, PartyColumn, RegisterTable, TextColumn

HASH = re.compile(r"[0-9a-f]{64}")


class KindColumn(TextColumn):
    """The kind in words."""

    def render(self, value: str) -> str:
        return title_of(value)

    def value(self, value: str) -> str:
        return title_of(value)


class HashColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """A hash; short on the page, whole in exports."""

    def render(self, value: Any) -> str:
        return f"{bytes(value).hex()[:16]}…"

    def value(self, value: Any) -> str:
        return bytes(value).hex()


class SubjectsColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """What a leaf is about, as `type:id`."""

    def render(self, value: list[str]) -> str:
        known = [subject.partition(":")[0] for subject in value if not subject.startswith("step:")]
        titles = [place.title if (place := places.place(noun)) else noun for noun in known]
        return "、".join(dict.fromkeys(titles))

    def value(self, value: list[str]) -> str:
        return " ".join(value)


class JournalTable(RegisterTable):
    """Leaves, the newest first."""

    primary = "kind"
    kind = KindColumn(verbose_name="事项", linkify=lambda record: places.proof_url(bytes(record.leaf_hash).hex()))
    code = TextColumn(verbose_name="类型代码", accessor="kind", orderable=False)
    at = MomentColumn(verbose_name="时间")
    party = PartyColumn(verbose_name="行为单位")
    subjects = SubjectsColumn(verbose_name="涉及对象", orderable=False)
    seq = NumberColumn(verbose_name="序号")
    leaf_hash = HashColumn(verbose_name="留痕摘要", orderable=False)


def _agencies() -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in all_agencies()]


class JournalFilters(RegisterFilters):
    """By room, organisation and period."""

    kind = ChoiceFilter(label="领域", choices=list(DOMAINS.items()), method="of_room")
    party = ChoiceFilter(label="行为单位", choices=_agencies)
    since = DayFilter(label="起始日期", field_name="at", lookup_expr="date__gte")
    until = DayFilter(label="截止日期", field_name="at", lookup_expr="date__lte")

    def of_room(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Kinds begin with their room."""
        return rows.filter(kind__startswith=f"{value}.")


@action(AUDIT)
class Journal(RegisterView):
    """审计台."""

    code, title = "security.journal", "审计台"
    lead = "全部存证留痕。点开一条可见其内容和包含证明；导出本身也留痕。"
    table_class, filterset_class = JournalTable, JournalFilters
    search_fields = ("kind",)
    search_hint = "类型代码、对象编号或留痕摘要"
    default_columns = ("kind", "at", "party", "subjects", "seq", "leaf_hash")
    empty = Empty("日志还是空的", "第一次办理之后，留痕会出现在这里。", "fingerprint")

    def queryset(self) -> QuerySet[Any]:
        """Everything; the page is the auditor's alone."""
        return evidence.journal()

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """An id finds the leaves about it, a hash its leaf, words their kinds."""
        text = text.lower()
        if HASH.fullmatch(text):
            return rows.filter(leaf_hash=bytes.fromhex(text))
        try:
            key = UUID(text.rpartition(":")[2])
        except ValueError:
            return super().search(rows, text)
        nouns = [text.partition(":")[0]] if ":" in text else list(places.nouns())
        return rows.filter(subjects__overlap=[f"{noun}:{key}" for noun in nouns])
