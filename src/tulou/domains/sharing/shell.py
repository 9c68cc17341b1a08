"""What the sharing room brings to the shell: actions and who has them, menus, to-dos, panels of the entry's page."""

from tulou.domains.directory.public import roles
from tulou.domains.sharing import naming, panels, todos
from tulou.kernel.permissions import extend_role, forbid_together, register_action
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.places import place, register_place
from tulou.kernel.ui.slots import fill, slot
from tulou.kernel.ui.tones import register_tones

GROUP = "数据共享"

register_action("sharing.view", "查看本机构共享申请和授权")
register_action("sharing.handle", "办理共享申请")
register_action("sharing.request", "申请共享数据", by_system=True)
register_action("sharing.endorse", "本部门审核共享申请", by_system=True)
register_action("sharing.accept", "受理共享申请", by_system=True)
register_action("sharing.decide", "决定是否共享", by_system=True)
register_action("sharing.read_all", "查看全部共享申请和授权")
extend_role(roles.DATA_USER, "sharing.view", "sharing.request")
extend_role(roles.OFFICE_APPROVER, "sharing.view", "sharing.handle", "sharing.endorse")
extend_role(roles.SHARING_AUTHORITY, "sharing.view", "sharing.handle", "sharing.accept", "sharing.read_all")
extend_role(roles.DATA_MANAGER, "sharing.view", "sharing.handle", "sharing.decide")
extend_role(roles.AUDITOR, "sharing.view", "sharing.read_all")
extend_role(roles.LEADER, "sharing.view")
for decision in ("sharing.endorse", "sharing.accept", "sharing.decide"):
    roles.keep_apart(decision)
forbid_together("sharing.accept", "sharing.decide", reason="受理与决定分设：受理共享申请的人员不得代替提供方决定")

register_tones({"awaiting": "info", "in_use": "success", "expired": "neutral"})
register_menu(MenuEntry("sharing.mine", "我的申请", "sharing:mine", "sharing.view", GROUP, 40, "send"))
register_menu(MenuEntry("sharing.desk", "待我办理", "sharing:desk", "sharing.handle", GROUP, 41, "clipboard-check"))
register_menu(MenuEntry("sharing.received", "收到的申请", "sharing:received", "sharing.decide", GROUP, 42, "inbox"))
register_menu(MenuEntry("sharing.all", "全部申请", "sharing:all", "sharing.read_all", GROUP, 43, "list-details"))
register_menu(MenuEntry("sharing.grants", "共享授权", "sharing:grants", "sharing.view", GROUP, 44, "key"))

slot("sharing.request", "共享申请页面的其他信息")
slot("sharing.grant", "共享授权页面的其他信息")
slot("sharing.grant.actions", "共享授权页面的办理入口")
fill("catalog.entry", 40, "共享情况", panels.sharing_of_entry)
fill("catalog.entry.actions", 10, "申请共享", panels.ask_for_entry)
fill("access.right.actions", 10, "所依据的授权", panels.grant_of_right)
register_place("request", "共享申请", "sharing:request", names=naming.requests)
register_place("grant", "共享授权", "sharing:grant", names=naming.grants)
if place("entry") is None:
    register_place("entry", "数据目录", "catalog:entry", names=naming.entries)
todos.register()
