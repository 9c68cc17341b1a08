"""What the access room brings to the shell: its actions and who has them, menus, slots.

`access.control` is worked by domains on behalf of those who decided; people hold it only to stop an access at once.
"""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.places import register_place
from tulou.kernel.ui.slots import slot

GROUP = "数据共享"

register_action("access.control", "暂停、恢复和撤销访问权利", by_system=True)
register_action("access.view", "查看访问权利和副本登记")
register_action("access.read_all", "查看全部访问权利和副本登记")
register_action("access.use", "预览、下载和调用已授权的数据")
extend_role(roles.SHARING_AUTHORITY, "access.control", "access.view", "access.read_all")
extend_role(roles.DATA_MANAGER, "access.control", "access.view", "access.use")
extend_role(roles.DATA_USER, "access.view", "access.use")
extend_role(roles.OFFICE_APPROVER, "access.view")
extend_role(roles.AUDITOR, "access.view", "access.read_all")
roles.keep_apart("access.control")
roles.keep_apart("access.use")

slot("access.right", "访问权利页面的其他信息")
slot("access.right.badges", "访问权利名称旁的标识")
slot("access.right.actions", "访问权利页面的办理入口")
register_menu(MenuEntry("access.rights", "数据访问权利", "access:rights", "access.view", GROUP, 46, "shield-check"))
register_menu(MenuEntry("access.copies", "副本登记", "access:copies", "access.view", GROUP, 47, "copy"))
register_place("right", "访问权利", "access:right")
