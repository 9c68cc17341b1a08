"""样例账号: in sample mode the sign-in page shows every sample account with its password, and a way to walk.

The node tells which accounts there are; in production nothing is registered, and nothing would be shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString

from tulou.kernel.identity import Account
from tulou.kernel.ui.components import draw


@dataclass(frozen=True)
class SampleAccount:
    """An account whose password is public by design; `role` is the Chinese name of its desk."""

    login: str
    label: str
    intro: str
    password: str
    role: str


@dataclass(frozen=True)
class RoleGroup:
    """Accounts that do the same."""

    role: str
    accounts: list[SampleAccount]


@dataclass(frozen=True)
class Stop:
    """One stop of the walk: as whom, and what to do there."""

    login: str
    title: str
    text: str


WALK: tuple[Stop, ...] = (
    Stop("mz-data", "编目、汇聚", "登记职责和系统，编制目录，上传文件入库，看回执和退回的行"),
    Stop("mz-approver", "部门审核", "审签本部门的目录"),
    Stop("bureau-reviewer", "审核发布", "退回或发布目录，赋资源代码"),
    Stop("bureau-quality", "质量整改", "核对整改结果，办结工单"),
    Stop("rs-consumer", "检索、申请", "按中文检索目录，选信息项提出共享申请"),
    Stop("rs-approver", "部门审核", "审签本部门的申请"),
    Stop("bureau-sharing", "受理", "受理申请，必要时要求补正"),
    Stop("mz-data", "逐项答复", "逐项同意，或援引现行依据不予共享"),
    Stop("rs-consumer", "取用数据", "页面预览、下载文件、接口调用"),
    Stop("auditor", "追溯核验", "从批次、授权或调用查来源、去向、留痕、责任，导出证据包离线核验"),
)

Accounts = Callable[[], Sequence[SampleAccount]]
_provider: list[Accounts] = []


def register_sample_accounts(provider: Accounts) -> None:
    """Name the sample accounts; called by the node in sample mode alone."""
    _provider[:] = [provider]


def login_panel(request: HttpRequest, form: object) -> SafeString | None:
    """The sign-in page's list of sample accounts; nothing in production, nothing before the sample is loaded."""
    known = {account.login: account for account in _known()}
    if not known:
        return None
    groups: dict[str, list[SampleAccount]] = {}
    for account in known.values():
        groups.setdefault(account.role, []).append(account)
    walk = [(stop, known[stop.login]) for stop in WALK if stop.login in known]
    following = request.POST.get("next") or request.GET.get("next") or ""
    listed = [RoleGroup(role, accounts) for role, accounts in groups.items()]
    return draw("portal/_sample_accounts.html", request, groups=listed, walk=walk, following=following)


def _known() -> list[SampleAccount]:
    if not settings.SAMPLE or not _provider:
        return []
    listed = _provider[0]()
    logins = {account.login for account in listed}
    there = set(Account.objects.filter(login__in=logins, is_active=True).values_list("login", flat=True))
    return [account for account in listed if account.login in there]
