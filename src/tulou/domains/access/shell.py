"""What the access room brings to the shell: its actions and who has them.

`access.control` is worked by domains on behalf of those who decided; people hold it only to stop an access at once.
"""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action

register_action("access.control", "暂停、恢复和撤销访问权利", by_system=True)
extend_role(roles.SHARING_AUTHORITY, "access.control")
extend_role(roles.DATA_MANAGER, "access.control")
roles.keep_apart("access.control")
