"""What the law room brings to the shell: its actions and who has them."""

from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.slots import slot

register_action("law.maintain", "维护法规依据、办理期限和节假日通知", by_system=True)
extend_role("administrator", "law.maintain")
slot("law.basis", "法规依据页面的其他信息")
slot("law.basis.badges", "法规依据标题旁的标识")
slot("law.basis.actions", "法规依据页面的办理入口")
register_menu(MenuEntry("law.bases", "法规依据", "law:bases", None, "基础信息", 75, "scale"))
register_menu(MenuEntry("law.deadlines", "办理时限", "law:deadlines", None, "基础信息", 76, "clock"))
register_menu(MenuEntry("law.notices", "节假日通知", "law:notices", None, "基础信息", 77, "calendar-due"))
