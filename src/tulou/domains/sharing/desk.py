"""办理台: one form with a decision for each pending item, and what an approver wants to know beside it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField

from tulou.domains.catalog import public as catalog
from tulou.domains.law.public import BasisInfo, BasisUse, bases_in_force
from tulou.domains.sharing import masking, queries
from tulou.domains.sharing.deciding import Decision
from tulou.domains.sharing.models import ItemStatus, Request, RequestedItem
from tulou.kernel.calendar import today
from tulou.kernel.ui.forms import IdempotentForm
from tulou.trust.plans import Mask

GRANT, REFUSE, LATER = "grant", "refuse", "later"
CHOICES = ((GRANT, "同意"), (REFUSE, "不予共享"), (LATER, "暂不决定"))
SHOWN = 3


@dataclass(frozen=True)
class Alike:
    """Pending items that one click may grant together, as they were asked for."""

    code: str
    title: str
    count: int


@dataclass(frozen=True)
class DeskLine:
    """One pending item on the desk."""

    item: RequestedItem
    meaning: str
    asked: str
    catalogued: str
    earlier: list[RequestedItem]
    granted_before: int
    refused_before: int
    shown: list[tuple[RequestedItem, str]]
    decision: BoundField
    mask: BoundField
    basis: BoundField
    opinion: BoundField
    revision: BoundField


class DecisionForm(IdempotentForm):
    """`decision_<id>`, `mask_<id>`, `basis_<id>`, `opinion_<id>`, `revision_<id>` for each pending item."""

    def __init__(
        self, *args: Any, row: Request, items: Sequence[RequestedItem], known: Sequence[catalog.ItemInfo], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.known = {item.name: item for item in known}
        self.pending = [item for item in items if self._on_the_desk(item)]
        for item in self.pending:
            self._add(item)

    def _on_the_desk(self, item: RequestedItem) -> bool:
        """What waits; and what the sent page decided, so that somebody else's decision in between is noticed."""
        return item.status == ItemStatus.PENDING or (self.is_bound and f"revision_{item.pk}" in self.data)

    @cached_property
    def bases(self) -> tuple[BasisInfo, ...]:
        """Only what can carry a refusal today."""
        return bases_in_force(today(), BasisUse.REFUSE_SHARING)

    def _add(self, item: RequestedItem) -> None:
        info = self.known.get(item.name)
        kind, default = (info.type, info.mask) if info else ("text", Mask())
        asked = masking.of(item.mask)
        fields: dict[str, forms.Field] = {
            "decision": forms.ChoiceField(label="决定", choices=CHOICES, initial=LATER, widget=forms.RadioSelect),
            "mask": forms.ChoiceField(
                label="提供形式", required=False, initial=masking.code(asked),
                choices=masking.choices(kind, asked, default),
            ),
            "basis": forms.ChoiceField(
                label="不予共享依据", required=False,
                choices=[("", "请选择"), *((str(basis.id), basis.citation) for basis in self.bases)],
                error_messages={"invalid_choice": "所选依据今天不能用作不予共享的依据，请重新选择"},
            ),
            "opinion": forms.CharField(label="意见", required=False, max_length=300),
            "revision": forms.IntegerField(widget=forms.HiddenInput, initial=item.revision),
        }  # fmt: skip
        for name, field in fields.items():
            self.fields[f"{name}_{item.pk}"] = field

    def alike(self) -> list[Alike]:
        """Groups of at least two pending items of the same sharing type and grade."""
        groups = Counter((item.share_type, item.grade) for item in self.pending)
        return [
            Alike(f"{kind}:{grade}", f"同意全部{catalog.ShareType(kind).label}的{grade}级信息项", count)
            for (kind, grade), count in sorted(groups.items())
            if count > 1
        ]

    def lines(self) -> list[DeskLine]:
        """The pending items with what is known of them."""
        return self._lines

    @cached_property
    def _lines(self) -> list[DeskLine]:
        earlier = queries.earlier_decisions(self.row, [item.name for item in self.pending])
        waiting = [item for item in self.pending if item.status == ItemStatus.PENDING]
        return [self._line(item, earlier.get(item.name, [])) for item in waiting]

    def _line(self, item: RequestedItem, earlier: list[RequestedItem]) -> DeskLine:
        info = self.known.get(item.name)
        granted = [one for one in earlier if one.status == ItemStatus.GRANTED]
        bound = {name: self[f"{name}_{item.pk}"] for name in ("decision", "mask", "basis", "opinion", "revision")}
        return DeskLine(
            item=item,
            meaning=info.meaning if info else "",
            asked=masking.words(masking.of(item.mask)),
            catalogued=masking.words(info.mask) if info else "目录已无此项",
            earlier=earlier,
            granted_before=len(granted),
            refused_before=len(earlier) - len(granted),
            shown=[(one, masking.words(masking.of(one.mask))) for one in earlier[:SHOWN]],
            **bound,
        )

    def clean(self) -> dict[str, Any]:
        """A refusal names its basis and says why; a group that is granted needs nothing more."""
        cleaned = super().clean() or {}
        for item in () if "alike" in self.data else self.pending:
            refused = cleaned.get(f"decision_{item.pk}") == REFUSE
            if refused and not cleaned.get(f"basis_{item.pk}") and f"basis_{item.pk}" not in self.errors:
                self.add_error(f"basis_{item.pk}", f"“{item.label}”不予共享须选择法规依据；没有依据不能拒绝")
            if refused and not cleaned.get(f"opinion_{item.pk}"):
                self.add_error(f"opinion_{item.pk}", f"请写明依据怎样适用于“{item.label}”，申请方将看到")
        return cleaned

    def decisions(self, alike: str = "") -> list[Decision]:
        """What was decided; with `alike` the whole group as it was asked for."""
        if alike:
            kind, _, grade = alike.partition(":")
            return [
                Decision(item.pk, True, masking.of(item.mask), revision=self._of("revision", item))
                for item in self.pending
                if (item.share_type, str(item.grade)) == (kind, grade)
            ]
        chosen = [item for item in self.pending if self._of("decision", item) in (GRANT, REFUSE)]
        return [self._decision(item) for item in chosen]

    def _decision(self, item: RequestedItem) -> Decision:
        granted, basis = self._of("decision", item) == GRANT, self._of("basis", item)
        return Decision(
            item=item.pk,
            granted=granted,
            mask=masking.decode(self._of("mask", item)) if granted else None,
            basis=UUID(basis) if basis and not granted else None,
            opinion=self._of("opinion", item),
            revision=self._of("revision", item),
        )

    def _of(self, name: str, item: RequestedItem) -> Any:
        return self.cleaned_data.get(f"{name}_{item.pk}")
