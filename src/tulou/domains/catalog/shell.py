"""What the catalogue brings to the shell: actions, menus, to-dos, tones and slots of its entry page."""

from tulou.domains.catalog import panels, todos
from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.slots import slot
from tulou.kernel.ui.tones import register_tones

GROUP = "数据目录"

register_action("catalog.own", "查看本机构目录编制情况")
register_action("catalog.compile", "编制和变更目录", by_system=True)
register_action("catalog.endorse", "本部门审核目录", by_system=True)
register_action("catalog.review", "审核发布目录", by_system=True)
extend_role(roles.DATA_MANAGER, "catalog.own", "catalog.compile")
extend_role(roles.OFFICE_APPROVER, "catalog.own", "catalog.endorse")
extend_role(roles.CATALOG_REVIEWER, "catalog.review")
extend_role(roles.LEADER, "catalog.own")
roles.keep_apart("catalog.endorse")
roles.keep_apart("catalog.review")

slot("catalog.entry", "目录页面的其他信息")
slot("catalog.entry.badges", "目录名称旁的标识")
slot("catalog.entry.actions", "目录页面的办理入口")

register_tones(
    {
        "changing": "progress",
        "change_endorsed": "info",
        "change_submitted": "info",
        "retired": "neutral",
        "unconditional": "success",
        "conditional": "warning",
    }
)
register_menu(MenuEntry("catalog.search", "目录检索", "catalog:search", None, GROUP, 20, "search"))
register_menu(MenuEntry("catalog.mine", "我的目录", "catalog:mine", "catalog.own", GROUP, 21, "folder"))
register_menu(MenuEntry("catalog.desk", "目录审核", "catalog:desk", "catalog.review", GROUP, 22, "clipboard-check"))
panels.register()
todos.register()
