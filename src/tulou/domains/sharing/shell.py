"""What the sharing room brings to the shell: actions and who has them."""

from tulou.domains.directory.public import roles
from tulou.kernel.permissions import extend_role, forbid_together, register_action

register_action("sharing.request", "申请共享数据", by_system=True)
register_action("sharing.endorse", "本部门审核共享申请", by_system=True)
register_action("sharing.accept", "受理共享申请", by_system=True)
register_action("sharing.decide", "决定是否共享", by_system=True)
register_action("sharing.read_all", "查看全部共享申请和授权")
extend_role(roles.DATA_USER, "sharing.request")
extend_role(roles.OFFICE_APPROVER, "sharing.endorse")
extend_role(roles.SHARING_AUTHORITY, "sharing.accept", "sharing.read_all")
extend_role(roles.DATA_MANAGER, "sharing.decide")
extend_role(roles.AUDITOR, "sharing.read_all")
for decision in ("sharing.endorse", "sharing.accept", "sharing.decide"):
    roles.keep_apart(decision)
forbid_together("sharing.accept", "sharing.decide", reason="受理与决定分设：受理共享申请的人员不得代替提供方决定")
