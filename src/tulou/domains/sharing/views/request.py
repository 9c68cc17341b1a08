"""共享申请 on one page: what is asked and why, where it stands and until when, and for the provider the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse

from tulou.domains.catalog import public as catalog
from tulou.domains.sharing import masking, queries
from tulou.domains.sharing.asking import OPERATORS
from tulou.domains.sharing.desk import DecisionForm
from tulou.domains.sharing.models import Grant, Method, Request, RequestedItem, RequestStatus
from tulou.domains.sharing.policies import asks_for_everything, decides
from tulou.domains.sharing.workflow import REQUEST
from tulou.kernel.identity import Actor, party_name
from tulou.kernel.permissions import action, may
from tulou.kernel.permissions.registry import role_name
from tulou.kernel.ui import figures
from tulou.kernel.ui.pages import Crumb, Fact, MoveLink, ObjectPage, TimelineStep, drawn
from tulou.kernel.workflow import Clock, Step, clocks_of

STAGES = (
    ("本部门审核", (RequestStatus.DRAFT, RequestStatus.ENDORSED)),
    ("主管部门受理", (RequestStatus.SUBMITTED,)),
    ("提供方决定", (RequestStatus.ACCEPTED, RequestStatus.CORRECTING)),
    ("答复与交付", (RequestStatus.DECIDED,)),
)
WAITS = {
    RequestStatus.DRAFT: "本部门审批人",
    RequestStatus.ENDORSED: "本部门用数申请员提交",
    RequestStatus.SUBMITTED: "数据主管部门共享受理员",
    RequestStatus.ACCEPTED: "提供方数据管理员",
    RequestStatus.CORRECTING: "申请方补正",
}


@dataclass(frozen=True)
class Stage:
    """A step of the stepper."""

    title: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class Waiting:
    """Who has it now and until when, with the rule behind the day."""

    title: str
    holder: str
    on: date
    provisional: bool
    paused: bool
    citation: str
    escalated: bool


@dataclass(frozen=True)
class ShownItem:
    """One requested item as everybody reads it."""

    item: RequestedItem
    form: str


def request_or_404(actor: Actor, pk: Any) -> Request:
    """The request, if this viewer may know of it."""
    found = queries.requests(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@action("sharing.view")
class RequestPage(ObjectPage):
    """The request's page."""

    slot = "sharing.request"
    flow = REQUEST
    template_name = "sharing/request.html"
    desk: DecisionForm | None = None
    move_icons = {"endorse": "check", "accept": "check", "withdraw": "arrow-back-up", "query": "message"}

    def get_object(self) -> Request:
        """Scoped to the viewer."""
        return request_or_404(self.actor, self.kwargs["pk"])

    @property
    def title(self) -> str:
        """The entry that is asked for."""
        return f"申请“{self.object.entry.name}”"

    @property
    def code_text(self) -> str:
        """The request's number."""
        return str(self.object.number)

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register in which the viewer finds it."""
        if self.is_ours:
            return (Crumb("我的申请", reverse("sharing:mine")),)
        return (Crumb("待我办理", reverse("sharing:desk")),)

    @cached_property
    def is_ours(self) -> bool:
        """Whether the viewer acts for the applicant."""
        return self.object.applicant_id in queries.own_ids(self.actor)

    @cached_property
    def items(self) -> list[RequestedItem]:
        """The items with the basis of refusals."""
        items = list(self.object.items.select_related("basis"))
        for item in items:
            item.request = self.object
        return items

    @cached_property
    def grant(self) -> Grant | None:
        """What came of it."""
        return Grant.objects.filter(request=self.object.pk).first()

    def facts(self) -> Sequence[Fact]:
        """Why, for what, how and by whom."""
        row: Request = self.object
        quota = f"{row.calls_per_day or '不限'} 次 / {row.rows_per_day or '不限'} 行"
        return (
            Fact("目录", row.entry.name, url=reverse("catalog:entry", args=[row.entry_id])),
            Fact("提供方", row.provider.name),
            Fact("申请方", row.applicant.name),
            Fact("使用场景", row.scenario),
            Fact("业务事项", row.matter or "—"),
            Fact("使用用途", row.purpose),
            Fact("使用依据", f"{row.basis}{f'；{row.basis_note}' if row.basis_note else ''}"),
            Fact("数据范围", rows_in_words(row)),
            Fact("共享方式", "、".join(str(Method(method).label) for method in row.methods)),
            Fact("使用频率", row.get_frequency_display()),
            Fact("每日限额", quota),
            Fact("使用期限", f"{figures.day(row.use_from)} 至 {figures.day(row.use_to)}"),
            Fact("使用系统", f"{row.system.name if row.system else '—'} {row.address}"),
            Fact("受托处理者", row.processor or "无"),
            Fact("联系", f"{row.contact} {row.phone}"),
            Fact("处置承诺", row.disposal),
        )

    def moves(self) -> list[MoveLink]:
        """Correction by the writer and the provider's desk have their own places on the page."""
        links = super().moves()
        if self.is_ours and may(self.actor, "sharing.request", organisation=self.object.applicant_id):
            copy = f"{reverse('sharing:ask', args=[self.object.entry_id])}?copy={self.object.pk}"
            links.append(MoveLink("复制为新申请", copy, "copy"))
        return links

    def timeline(self) -> Sequence[TimelineStep]:
        """The request's steps, its items' and the grant's, as one story."""
        names = {item.pk: item.label for item in self.items}
        subjects = [self.object.pk, *names, *([self.grant.pk] if self.grant else [])]
        steps = list(Step.objects.filter(subject__in=subjects).order_by("at", "id"))
        lines = zip(reversed(steps), drawn(steps), strict=True)
        return [
            replace(line, title=f"{line.title}：{names[step.subject]}") if step.subject in names else line
            for step, line in lines
            if step.move != "begin" or step.subject == self.object.pk
        ]

    @cached_property
    def waiting(self) -> list[Waiting]:
        """Clocks that are open, of the request and of the delivery."""
        clocks = [clock for clock in clocks_of(self.object) if clock.is_open]
        if self.grant:
            clocks += [clock for clock in clocks_of(self.grant) if clock.is_open]
        return [waiting_of(clock) for clock in clocks]

    def stages(self) -> list[Stage]:
        """Where it stands."""
        if self.status == RequestStatus.WITHDRAWN:
            return [Stage("已撤回", "now")]
        at = next(n for n, (_, states) in enumerate(STAGES) if self.status in states)
        states = ["done" if n < at or self.status == RequestStatus.DECIDED else "now" if n == at else "next"
                  for n in range(len(STAGES))]  # fmt: skip
        return [Stage(title, state) for (title, _), state in zip(STAGES, states, strict=True)]

    def extra(self) -> dict[str, Any]:
        """Items, stages, and for those who decide the desk."""
        row: Request = self.object
        known = catalog.items(row.entry_id)
        pending = any(item.status == "pending" for item in self.items)
        deciding = row.status == RequestStatus.ACCEPTED and pending and decides(row, self.actor)
        desk = self.desk or (DecisionForm(row=row, items=self.items, known=known) if deciding else None)
        return {
            "items": [ShownItem(item, masking.words(masking.of(item.mask))) for item in self.items],
            "stages": self.stages(),
            "waiting": self.waiting,
            "waits_for": WAITS.get(RequestStatus(row.status), ""),
            "grant": self.grant,
            "desk": desk,
            "earlier_count": sum(len(line.earlier) for line in desk.lines()) if desk else 0,
            "everything": asks_for_everything(len(self.items), len(known)),
            "known_count": len(known),
            "retired": not catalog.published(row.entry_id),
        }


def rows_in_words(row: Request) -> str:
    """The range as a sentence."""
    labels = {item.name: item.label for item in catalog.items(row.entry_id)}
    parts = [
        f"{labels.get(str(line['column']), line['column'])}{OPERATORS[str(line['op'])]}“{'、'.join(line['values'])}”"
        for line in row.rows
    ]
    return "，且".join(parts) or "全部行"


def waiting_of(clock: Clock) -> Waiting:
    organisation = party_name(clock.holder_organisation) if clock.holder_organisation else "数据主管部门"
    holder = f"{organisation} {role_name(clock.holder_role) if clock.holder_role else ''}".strip()
    return Waiting(
        clock.title, holder, clock.due_on, clock.provisional, clock.is_paused, clock.rule.citation,
        clock.escalated_at is not None,
    )  # fmt: skip
