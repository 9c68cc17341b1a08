"""Pages of one agency, node, duty or system. What hangs on it is shown by the rooms above, through the slots."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.dateparse import parse_date

from tulou.domains.directory import queries
from tulou.domains.directory.models import Agency, Duty, InformationSystem, Node, Succession
from tulou.kernel import temporal
from tulou.kernel.permissions import signed_in
from tulou.kernel.ui.pages import Crumb, Fact, ObjectPage, TimelineStep


def lives(obj: Model) -> list[TimelineStep]:
    """The recorded versions of a thing as timeline lines, newest first: since when, what it was called, who said so."""
    return [
        TimelineStep(
            title=f"{row.valid_from:%Y年%m月%d日}起：{getattr(row, 'name', '')}",
            who=row.recorded_by,
            at=row.known_from,
            note=row.record_note,
        )
        for row in temporal.versions(obj)
    ]


class DirectoryPage(ObjectPage):
    """What all pages of the directory have in common."""

    template_name = "directory/object.html"

    def timeline(self) -> Sequence[TimelineStep]:
        """Its life by date."""
        return lives(self.object)


@signed_in
class AgencyPage(DirectoryPage):
    """机构, with `?on=` under the name of a past day."""

    slot = "directory.agency"

    def get_object(self) -> Agency | None:
        """Any agency."""
        return Agency.objects.select_related("parent", "node").filter(pk=self.kwargs["pk"]).first()

    @property
    def code_text(self) -> str:
        """Its code."""
        return str(self.object.code)

    @cached_property
    def on(self) -> date | None:
        """The past day that the address names."""
        try:
            return parse_date(self.request.GET.get("on", ""))
        except ValueError:
            return None

    @cached_property
    def then(self) -> Any:
        """The agency as it was on that day."""
        if self.on is None:
            return None
        return queries.agencies_on(self.on).filter(subject=self.object.pk).first()

    @property
    def title(self) -> str:
        """The name of today, or of the asked day."""
        return str((self.then or self.object).name)

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("机构名录", reverse("directory:agencies")),)

    def facts(self) -> Sequence[Fact]:
        """Kind, place in the structure, existence."""
        row = self.then or self.object
        parent = row.parent
        return (
            Fact("简称", row.short_name),
            Fact("机构类别", row.get_kind_display()),
            Fact("行政区划", row.region),
            Fact(
                "上级机构",
                parent.name if parent else "无",
                url=reverse("directory:agency", args=[parent.pk]) if parent else "",
            ),
            Fact("所在节点", row.node.name, url=reverse("directory:node", args=[row.node.pk])),
            Fact("统一社会信用代码", row.uscc or "未登记"),
            Fact("存续", "是" if row.active else "否"),
        )

    def extra(self) -> dict[str, Any]:
        """Duties, systems, lower bodies and succession."""
        pk = self.object.pk
        chain = Succession.objects.select_related("predecessor", "successor")
        return {
            "on": self.on,
            "unknown_then": self.on is not None and self.then is None,
            "duties": Duty.objects.filter(agency=pk, active=True),
            "systems": InformationSystem.objects.filter(agency=pk, active=True),
            "children": Agency.objects.filter(parent=pk, active=True),
            "successions": chain.filter(Q(predecessor=pk) | Q(successor=pk)),
            "asks_day": True,
        }


@signed_in
class NodePage(ObjectPage):
    """平台节点."""

    slot = "directory.node"
    template_name = "directory/object.html"

    def get_object(self) -> Node | None:
        """Any node."""
        return Node.objects.select_related("parent").filter(pk=self.kwargs["pk"]).first()

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("平台节点", reverse("directory:nodes")),)

    def facts(self) -> Sequence[Fact]:
        """Kind and place."""
        node = self.object
        return (
            Fact("代号", node.code),
            Fact("种类", node.get_kind_display()),
            Fact("行政区划", node.region),
            Fact(
                "上级节点",
                node.parent.name if node.parent else "无",
                url=reverse("directory:node", args=[node.parent_id]) if node.parent_id else "",
            ),
        )

    def extra(self) -> dict[str, Any]:
        """Lower nodes and the agencies on it."""
        return {
            "nodes": Node.objects.filter(parent=self.object.pk),
            "children": Agency.objects.filter(node=self.object.pk, active=True),
        }


class AgencyThing(DirectoryPage):
    """Something that belongs to an agency."""

    @property
    def code_text(self) -> str:
        """Its code."""
        return str(self.object.code)

    def crumbs(self) -> Sequence[Crumb]:
        """Below its agency."""
        agency = self.object.agency
        return (
            Crumb("机构名录", reverse("directory:agencies")),
            Crumb(agency.short_name, reverse("directory:agency", args=[agency.pk])),
        )

    def owner(self, title: str) -> Fact:
        """The agency, linked."""
        agency = self.object.agency
        return Fact(title, agency.name, url=reverse("directory:agency", args=[agency.pk]))


@signed_in
class DutyPage(AgencyThing):
    """职责事项."""

    slot = "directory.duty"

    def get_object(self) -> Duty | None:
        """Any duty."""
        return Duty.objects.select_related("agency").filter(pk=self.kwargs["pk"]).first()

    def facts(self) -> Sequence[Fact]:
        """Basis and business."""
        duty = self.object
        return (
            self.owner("责任机构"),
            Fact("法定依据", duty.citation),
            Fact("核心业务", duty.core_business),
            Fact("现行", "是" if duty.active else "否"),
            Fact("样例", "是" if duty.is_sample else "否"),
        )


@signed_in
class SystemPage(AgencyThing):
    """信息系统."""

    slot = "directory.system"

    def get_object(self) -> InformationSystem | None:
        """Any system."""
        return InformationSystem.objects.select_related("agency").filter(pk=self.kwargs["pk"]).first()

    def facts(self) -> Sequence[Fact]:
        """Where it runs and how it is protected."""
        system = self.object
        return (
            self.owner("建设单位"),
            Fact("所在网络", system.network or "未填写"),
            Fact("等级保护级别", f"第{system.security_level}级" if system.security_level else "未备案"),
            Fact("系统说明", system.description or "未填写"),
            Fact("在用", "是" if system.active else "否"),
            Fact("样例", "是" if system.is_sample else "否"),
        )
