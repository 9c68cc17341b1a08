"""What the node tells the portal, which may not look at the node itself: how it is, and its sample accounts."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from tulou.kernel.permissions.registry import role_name
from tulou.node.backlog import backlogs
from tulou.node.health import examine
from tulou.portal.health import PartState, Waiting, register_health
from tulou.portal.sample import SampleAccount, register_sample_accounts

if TYPE_CHECKING:
    from tulou.node.sample.reader import AccountSpec

#: Work waiting longer than this is a backlog.
PATIENCE_SECONDS = 10
TITLES = {
    "database": "数据库", "worker": "作业进程", "clerk": "存证进程", "gateway": "数据网关", "streams": "文件网关",
    "lake": "数据湖",
}  # fmt: skip


def tell_health() -> None:
    """Name the functions that examine the node."""
    register_health(_parts, _backlogs)


def tell_sample_accounts() -> None:
    """Name the sample accounts with their public passwords."""
    register_sample_accounts(_accounts)


def _parts() -> Sequence[PartState]:
    return [PartState(TITLES.get(part.name, part.name), part.well, part.detail) for part in examine()]


def _backlogs() -> Sequence[Waiting]:
    return [Waiting(one.title, one.late, one.remedy) for one in backlogs(PATIENCE_SECONDS)]


@lru_cache(maxsize=1)
def _accounts() -> Sequence[SampleAccount]:
    from tulou.node.sample import reader

    return [
        SampleAccount(one.login, one.label, one.intro, one.password, "、".join(_roles(one)))
        for one in reader.accounts()
    ]


def _roles(account: "AccountSpec") -> list[str]:
    return list(dict.fromkeys(role_name(each.role) for each in account.assignments))
