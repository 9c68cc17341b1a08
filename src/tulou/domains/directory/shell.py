"""What the directory brings to the shell: roles, actions, names of parties, succession, menus."""

from tulou.domains.directory import queries
from tulou.domains.directory.roles import ADMINISTRATOR, DATA_MANAGER, register_roles
from tulou.kernel.identity import register_party_names
from tulou.kernel.permissions import extend_role, register_action, register_succession

register_roles()
register_action("directory.maintain", "维护机构和节点", by_system=True)
register_action("directory.register", "登记职责和信息系统", by_system=True)
extend_role(ADMINISTRATOR, "directory.maintain")
extend_role(DATA_MANAGER, "directory.register")
register_succession(queries.successors)
register_party_names(queries.names)
