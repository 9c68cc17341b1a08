"""What the standards room brings to the shell: its actions and who has them."""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action

register_action("standards.maintain", "维护代码表和标准", by_system=True)
extend_role(roles.CATALOG_REVIEWER, "standards.maintain")
