"""What quality brings to the shell: actions and who has them, menus, to-dos, and its places on the entry's page."""

from tulou.domains.catalog.public import SLOT_ACTIONS, SLOT_BADGES, SLOT_PANELS
from tulou.domains.directory.public import roles
from tulou.domains.quality import panels, todos
from tulou.kernel.permissions import extend_role, forbid_together, register_action
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.slots import fill, slot
from tulou.kernel.ui.todos import TodoProvider, register_todo
from tulou.kernel.ui.tones import register_tones

GROUP = "数据质量"

register_action("quality.read", "查看数据质量")
register_action("quality.define", "设定质量规则", by_system=True)
register_action("quality.rectify", "办理质量整改")
register_action("quality.verify", "核验质量整改", by_system=True)
register_action("quality.report", "提出数据异议", by_system=True)
extend_role(roles.DATA_MANAGER, "quality.read", "quality.define", "quality.rectify", "quality.report")
extend_role(roles.DATA_USER, "quality.read", "quality.report")
extend_role(roles.QUALITY_OFFICER, "quality.read", "quality.verify")
for reader in (roles.OFFICE_APPROVER, roles.CATALOG_REVIEWER, roles.SHARING_AUTHORITY, roles.AUDITOR, roles.LEADER):
    extend_role(reader, "quality.read")
roles.keep_apart("quality.verify")
forbid_together("quality.rectify", "quality.verify", reason="整改与核验分设：数源单位不得核验自己的整改")

register_menu(MenuEntry("quality.scores", "质量总览", "quality:scores", "quality.read", GROUP, 36, "gauge"))
register_menu(MenuEntry("quality.tickets", "整改单", "quality:tickets", "quality.read", GROUP, 37, "clipboard-list"))
register_todo(TodoProvider("quality.tickets", "质量整改", todos.count, todos.listed, "quality:tickets"))
register_tones(
    {"routed": "info", "fixing": "progress", "fixed": "info", "verified": "success", "reopened": "warning",
     "escalated": "danger", "rule": "neutral", "report": "info"}
)  # fmt: skip
slot("quality.ticket", "整改单详情")
fill(SLOT_BADGES, 10, "质量得分", panels.quality_badge)
fill(SLOT_PANELS, 30, "数据质量", panels.quality_panel)
fill(SLOT_ACTIONS, 30, "提出异议", panels.report_button)
