"""十项服务: the services of the 公共数据服务总门户, shown only where they are built.

Signed-in people are told which desks do what they may not; nobody is led to a page that does not exist.
"""

from dataclasses import dataclass

from tulou.kernel.identity import Actor
from tulou.kernel.permissions.registry import roles_with
from tulou.portal.links import address, allowed


@dataclass(frozen=True)
class Service:
    """A named service: the pages where it is done, the first that exists and the viewer may open.

    `desk` is the action by which its doers are named to those who may not open any of them.
    """

    title: str
    text: str
    icon: str
    pages: tuple[tuple[str, str | None], ...]
    desk: str = ""


@dataclass(frozen=True)
class Offering:
    """A service as one viewer sees it; without an address, `done_by` says whose desk it is."""

    title: str
    text: str
    icon: str
    url: str
    done_by: str


SERVICES: tuple[Service, ...] = (
    Service(
        "目录编制",
        "对照职责和系统编制目录，字段从真实数据读出",
        "folder",
        (("catalog:mine", "catalog.own"),),
        "catalog.compile",
    ),
    Service(
        "数据汇聚",
        "按批入库，回执对账，退回的行可补报",
        "database-import",
        (("ingest:register", "ingest.read"),),
        "ingest.load",
    ),
    Service(
        "申请受理",
        "统一受理共享申请，时限自动计算",
        "clipboard-list",
        (("sharing:desk", "sharing.handle"),),
        "sharing.accept",
    ),
    Service(
        "审核授权",
        "目录审核发布，共享逐项决定，不予共享须有现行依据",
        "clipboard-check",
        (("catalog:desk", "catalog.review"), ("sharing:received", "sharing.decide")),
    ),
    Service(
        "数据共享",
        "检索目录，按场景申请，以页面、文件、接口取用",
        "arrows-exchange",
        (("catalog:search", None),),
    ),
    Service("数据开放", "面向社会开放数据目录和下载", "world", (("opening:datasets", None),)),
    Service("开发服务", "授权开发，数据不出域", "code", (("sandbox:scenarios", None),)),
    Service("统计分析", "目录、汇聚、共享、时限的统计", "chart-bar", (("portal:cockpit", "portal.cockpit"),)),
    Service("可视化展示", "公共数据一览和节点分布", "map", (("portal:overview", None),)),
    Service("运营管理", "作业、运行状况和事件处理", "settings", (("portal:health", "platform.operate"),)),
)
PUBLIC = frozenset({"portal:overview"})


def offerings(actor: Actor) -> list[Offering]:
    """The services that this node has, as this viewer may use them; guests are asked to sign in on the way."""
    drawn = []
    for service in SERVICES:
        built = [(url, name, action) for name, action in service.pages if (url := address(name))]
        if not built:
            continue
        mine = [url for url, name, action in built if name in PUBLIC or actor.is_guest or allowed(actor, action)]
        desks = "" if mine else _desks(service.desk or built[0][2])
        drawn.append(Offering(service.title, service.text, service.icon, mine[0] if mine else "", desks))
    return drawn


def _desks(action: str | None) -> str:
    return "、".join(role.name for role in roles_with(action)) if action else ""
