"""What quality brings to the shell: actions and who has them."""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, forbid_together, register_action

register_action("quality.read", "查看数据质量")
register_action("quality.define", "设定质量规则", by_system=True)
register_action("quality.rectify", "办理质量整改")
register_action("quality.verify", "核验质量整改", by_system=True)
register_action("quality.report", "提出数据异议", by_system=True)
extend_role(roles.DATA_MANAGER, "quality.read", "quality.define", "quality.rectify", "quality.report")
extend_role(roles.DATA_USER, "quality.read", "quality.report")
extend_role(roles.QUALITY_OFFICER, "quality.read", "quality.verify")
for reader in (roles.OFFICE_APPROVER, roles.CATALOG_REVIEWER, roles.SHARING_AUTHORITY, roles.AUDITOR, roles.LEADER):
    extend_role(reader, "quality.read")
roles.keep_apart("quality.verify")
forbid_together("quality.rectify", "quality.verify", reason="整改与核验分设：数源单位不得核验自己的整改")
