"""What the security room brings to the shell: actions, menus, the way from every timeline to its proof."""

from collections.abc import Collection
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from tulou.domains.catalog import public as catalog
from tulou.domains.directory.public import roles
from tulou.domains.ingest import public as ingest
from tulou.domains.security.policies import AUDIT, TRACE, view_of
from tulou.domains.security.targets import RESOLVERS, resolve
from tulou.domains.sharing import public as sharing
from tulou.kernel.identity import Actor, actor_of, party_names
from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui import places
from tulou.kernel.ui.components import draw
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.slots import fill

GROUP = "安全追溯"

register_action(TRACE, "追溯数据来源、去向、留痕和责任")
register_action(AUDIT, "查看全部存证留痕")
for role in (
    roles.AUDITOR,
    roles.CATALOG_REVIEWER,
    roles.SHARING_AUTHORITY,
    roles.QUALITY_OFFICER,
    roles.DATA_MANAGER,
    roles.OFFICE_APPROVER,
    roles.DATA_USER,
):
    extend_role(role, TRACE)
extend_role(roles.AUDITOR, AUDIT)

register_menu(MenuEntry("security.trace", "追溯", "security:trace", TRACE, GROUP, 80, "route"))
register_menu(MenuEntry("security.journal", "审计台", "security:journal", AUDIT, GROUP, 81, "list-details"))
register_menu(MenuEntry("security.log", "存证日志", "security:log", None, GROUP, 82, "fingerprint"))


def opens(actor: Actor, noun: str, key: UUID) -> bool:
    """Whether this viewer may trace this thing."""
    target = resolve(noun, key) if noun in RESOLVERS else None
    return target is not None and view_of(actor, target) is not None


def trace_action(request: HttpRequest, obj: object) -> SafeString | None:
    """追溯 among the actions of an entry, for those who may."""
    key = getattr(obj, "pk", None)
    if not isinstance(key, UUID) or not opens(actor_of(request), "entry", key):
        return None
    return draw("security/_trace_action.html", request, url=reverse("security:trace-of", args=["entry", key]))


def _entry_names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {key: entry.name for key, entry in catalog.entries(ids).items()}


def _request_names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {key: request.number for key, request in sharing.requests(ids).items()}


fill("catalog.entry.actions", 90, "追溯", trace_action)
places.register_proof("security:leaf")
places.register_trace("security:trace-of", opens)
places.register_place("entry", "目录", "catalog:entry", names=_entry_names)
places.register_place("batch", "汇聚批次", "ingest:batch", names=ingest.batch_numbers)
places.register_place("source", "数据来源", "ingest:source")
places.register_place("request", "共享申请", "sharing:request", names=_request_names)
places.register_place("requesteditem", "申请信息项", names=sharing.item_names)
places.register_place("grant", "共享授权", "sharing:grant", names=sharing.grant_names)
places.register_place("ticket", "质量工单", "quality:ticket")
places.register_place("rule", "质量规则", "quality:rule")
places.register_place("run", "质量检核")
places.register_place("right", "访问权利", "access:right")
places.register_place("plan", "访问计划")
places.register_place("agency", "机构", "directory:agency", names=party_names)
places.register_place("party", "主体", names=party_names)
places.register_place("duty", "职责", "directory:duty")
places.register_place("system", "信息系统", "directory:system")
places.register_place("node", "节点", "directory:node")
places.register_place("basis", "法规依据", "law:basis")
places.register_place("job", "后台作业", "portal:job")
places.register_place("account", "账号")
places.register_place("register", "台账")
places.register_place("event", "事件")
places.register_place("assignment", "岗位")
places.register_place("delegation", "代办")
places.register_place("code_table", "代码表")
places.register_place("informationsystem", "信息系统", "directory:system")
places.register_place("sample", "样例数据")
places.register_place("table", "数据表")
places.register_place("step", "办理记录")
