"""What the portal brings to the shell: the doors of the frame, its menus, and who may see the cockpit."""

from django.conf import settings

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui import places
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.shell import register_door, register_title
from tulou.kernel.ui.slots import fill
from tulou.portal.sample import login_panel

HOME, OPERATION = "工作台", "运营管理"

register_action("portal.cockpit", "查看领导驾驶舱")
for role in (roles.LEADER, roles.CATALOG_REVIEWER, roles.SHARING_AUTHORITY, roles.QUALITY_OFFICER):
    extend_role(role, "portal.cockpit")

register_title(lambda: settings.NODE.name)
register_door("home", "portal:front")
register_door("search", "portal:search")
register_door("todo", "portal:workbench")
places.register_place("token", "访问令牌")
fill("accounts.login", 10, "样例账号", login_panel)

register_menu(MenuEntry("portal.workbench", "工作台", "portal:workbench", None, HOME, 1, "layout-dashboard"))
register_menu(MenuEntry("portal.cockpit", "领导驾驶舱", "portal:cockpit", "portal.cockpit", HOME, 2, "gauge"))
register_menu(MenuEntry("portal.overview", "公共数据一览", "portal:overview", None, HOME, 3, "chart-bar"))
register_menu(MenuEntry("portal.jobs", "后台作业", "portal:jobs", None, HOME, 5, "hourglass"))
register_menu(MenuEntry("portal.api", "接口说明", "api-reference", None, HOME, 6, "code"))
register_menu(MenuEntry("portal.health", "运行状况", "portal:health", roles.OPERATE, OPERATION, 91, "server"))
register_menu(MenuEntry("portal.letters", "事件死信", "portal:letters", roles.OPERATE, OPERATION, 92, "mail"))
