"""What the directory brings to the shell: roles, actions, names of parties, succession, menus and slots."""

from tulou.domains.directory import queries
from tulou.domains.directory.roles import ADMINISTRATOR, DATA_MANAGER, register_roles
from tulou.kernel.identity import register_party_names
from tulou.kernel.permissions import extend_role, register_action, register_succession
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.slots import slot

BASICS, SYSTEM = "基础信息", "系统管理"

register_roles()
register_action("directory.maintain", "维护机构和节点", by_system=True)
register_action("directory.register", "登记职责和信息系统", by_system=True)
extend_role(ADMINISTRATOR, "directory.maintain", "identity.manage", "permissions.assign")
extend_role(DATA_MANAGER, "directory.register")
register_succession(queries.successors)
register_party_names(queries.names)

for name, title in (
    ("agency", "机构页面"),
    ("node", "节点页面"),
    ("duty", "职责页面"),
    ("system", "信息系统页面"),
    ("account", "账号页面"),
):
    slot(f"directory.{name}", f"{title}的其他信息")
    slot(f"directory.{name}.badges", f"{title}标题旁的标识")
    slot(f"directory.{name}.actions", f"{title}的办理入口")

register_menu(MenuEntry("directory.agencies", "机构名录", "directory:agencies", None, BASICS, 70, "building"))
register_menu(MenuEntry("directory.duties", "职责事项", "directory:duties", None, BASICS, 71, "list-details"))
register_menu(MenuEntry("directory.systems", "信息系统", "directory:systems", None, BASICS, 72, "server"))
register_menu(MenuEntry("directory.nodes", "平台节点", "directory:nodes", None, BASICS, 73, "network"))
register_menu(MenuEntry("directory.desks", "代办", "directory:desks", None, SYSTEM, 90, "user-check"))
register_menu(MenuEntry("directory.accounts", "账号", "directory:accounts", "identity.manage", SYSTEM, 91, "users"))
register_menu(
    MenuEntry("directory.assignments", "角色分配", "directory:assignments", "permissions.assign", SYSTEM, 92, "key")
)
