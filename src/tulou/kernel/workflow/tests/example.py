"""A thing with a state and a table of its own, and its flow, for these tests only."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from tulou.kernel.identity import Actor
from tulou.kernel.workflow import Flow, Holder, Move, Stateful, StatefulQuerySet, registry
from tulou.kernel.workflow.flow import Effects
from tulou.kernel.workflow.tests.told import CaseDecided


class Case(Stateful):
    """An application that is examined."""

    name = models.CharField("名称", max_length=40)
    applicant = models.UUIDField("申请机构")
    authority = models.UUIDField("受理机构")
    urgent = models.BooleanField("急件", default=False)
    opinion = models.CharField("意见", max_length=40, blank=True)
    changed_at = models.DateTimeField("变动", auto_now=True)

    objects: ClassVar[StatefulQuerySet["Case"]] = StatefulQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        app_label = "workflow_example"
        verbose_name = "事项"

    def __str__(self) -> str:
        return self.name


def is_applicant(case: Case, actor: Actor) -> bool:
    return actor.party == case.applicant


def is_authority(case: Case, actor: Actor) -> bool:
    return actor.party == case.authority


def is_system(case: Case, actor: Actor) -> bool:
    return actor.is_system


def reply_clock(case: Case) -> str:
    return "example.urgent" if case.urgent else "example.reply"


def authority_desk(case: Case) -> Holder:
    return Holder(organisation=case.authority, role="example.examiner")


FLOW: Flow[Case] = Flow(
    "example.case",
    Move("submit", ("draft",), "submitted", may=is_applicant, label="提交", starts=reply_clock, holder=authority_desk),
    Move("query", ("submitted",), "correcting", may=is_authority, label="退回补正", pauses=reply_clock),
    Move("correct", ("correcting",), "submitted", may=is_applicant, label="补正", resumes=reply_clock),
    Move("extend", ("submitted",), "submitted", may=is_authority, label="延长", extends=reply_clock),
    Move(
        "grant",
        ("submitted",),
        "granted",
        may=is_authority,
        label="同意",
        stops=("example.reply", "example.urgent"),
        emits=lambda case, step: CaseDecided(case.pk, step.pk),
    ),
    Move("lapse", ("draft", "correcting"), "lapsed", may=is_system, label="自动失效", stops=reply_clock),
    model=Case,
    title="示例事项",
    beginning=Effects(),
)
registry.forget(FLOW)


def subject(case_id: UUID) -> str:
    return f"case:{case_id}"
