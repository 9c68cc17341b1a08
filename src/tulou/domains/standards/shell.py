"""What the standards room brings to the shell: its actions and who has them."""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui.menus import MenuEntry, register_menu

register_action("standards.maintain", "维护代码表和标准", by_system=True)
extend_role(roles.CATALOG_REVIEWER, "standards.maintain")
register_menu(MenuEntry("standards.tables", "代码表", "standards:tables", None, "基础信息", 74, "book"))
