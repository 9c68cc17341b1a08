"""What the catalogue brings to the shell: actions and slots of its entry page."""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui.slots import slot

register_action("catalog.compile", "编制和变更目录", by_system=True)
register_action("catalog.endorse", "本部门审核目录", by_system=True)
register_action("catalog.review", "审核发布目录", by_system=True)
extend_role(roles.DATA_MANAGER, "catalog.compile")
extend_role(roles.OFFICE_APPROVER, "catalog.endorse")
extend_role(roles.CATALOG_REVIEWER, "catalog.review")
roles.keep_apart("catalog.endorse")
roles.keep_apart("catalog.review")

slot("catalog.entry", "目录页面的其他信息")
slot("catalog.entry.badges", "目录名称旁的标识")
slot("catalog.entry.actions", "目录页面的办理入口")
