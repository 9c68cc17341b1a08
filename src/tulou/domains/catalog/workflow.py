"""目录编制: draft → endorsed → submitted → published; a change is prepared on a draft beside what is published.

Returning sends it back to its agency with remarks; nothing is lost.
"""

from tulou.domains.catalog.events import published_event, retired_event
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.policies import may_compile, may_endorse, may_review
from tulou.domains.catalog.vocabulary import EntryStatus as S
from tulou.kernel.workflow import Flow, Holder, Move


def reviewers(entry: Entry) -> Holder:
    """The bureau's review desk holds the clock."""
    return Holder(role="catalog_reviewer")


def provider(entry: Entry) -> Holder:
    """The provider's data managers hold the clock."""
    return Holder(organisation=entry.provider_id, role="data_manager")


ENTRY: Flow[Entry] = Flow(
    "catalog.entry",
    Move("endorse", (S.DRAFT,), S.ENDORSED, may=may_endorse, label="部门审核通过"),
    Move(
        "submit",
        (S.ENDORSED,),
        S.SUBMITTED,
        may=may_compile,
        label="提交审核",
        starts="catalog.review",
        holder=reviewers,
    ),
    Move("recall", (S.ENDORSED,), S.DRAFT, may=may_compile, label="撤回修改"),
    Move("send_back", (S.SUBMITTED,), S.DRAFT, may=may_review, label="退回修改", stops="catalog.review"),
    Move(
        "publish",
        (S.SUBMITTED,),
        S.PUBLISHED,
        may=may_review,
        label="审核发布",
        stops="catalog.review",
        emits=published_event,
    ),
    Move(
        "change",
        (S.PUBLISHED,),
        S.CHANGING,
        may=may_compile,
        label="发起变更",
        starts="catalog.update",
        holder=provider,
    ),
    Move("abandon_change", (S.CHANGING,), S.PUBLISHED, may=may_compile, label="放弃变更", stops="catalog.update"),
    Move("endorse_change", (S.CHANGING,), S.CHANGE_ENDORSED, may=may_endorse, label="变更部门审核通过"),
    Move("recall_change", (S.CHANGE_ENDORSED,), S.CHANGING, may=may_compile, label="撤回变更修改"),
    Move(
        "submit_change",
        (S.CHANGE_ENDORSED,),
        S.CHANGE_SUBMITTED,
        may=may_compile,
        label="提交变更审核",
        starts="catalog.review",
        holder=reviewers,
    ),
    Move(
        "send_back_change", (S.CHANGE_SUBMITTED,), S.CHANGING, may=may_review, label="退回变更", stops="catalog.review"
    ),
    Move(
        "publish_change",
        (S.CHANGE_SUBMITTED,),
        S.PUBLISHED,
        may=may_review,
        label="变更发布",
        stops=("catalog.review", "catalog.update"),
        emits=published_event,
    ),
    Move("retire", (S.PUBLISHED,), S.RETIRED, may=may_review, label="停用目录", emits=retired_event),
    title="目录编制",
    subjects=lambda entry: [f"agency:{entry.provider_id}"],
)
