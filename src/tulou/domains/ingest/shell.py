"""What aggregation brings to the shell: its actions."""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, register_action

register_action("ingest.load", "汇聚本机构数据", by_system=True)
register_action("ingest.read", "查看汇聚批次和回执")
extend_role(roles.DATA_MANAGER, "ingest.load", "ingest.read")
for role in (roles.OPERATOR, roles.CATALOG_REVIEWER, roles.QUALITY_OFFICER, roles.AUDITOR, roles.OFFICE_APPROVER):
    extend_role(role, "ingest.read")
