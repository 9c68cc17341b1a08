"""岗位: the roles that people hold at their organisations. Each domain adds its own actions to them.

管运分离: the operator runs the platform and decides nothing; the administrator opens accounts and decides nothing.
"""

from tulou.kernel.permissions import Reach, forbid_together, register_action, register_role

DATA_MANAGER = "data_manager"
OFFICE_APPROVER = "office_approver"
CATALOG_REVIEWER = "catalog_reviewer"
SHARING_AUTHORITY = "sharing_authority"
QUALITY_OFFICER = "quality_officer"
DATA_USER = "data_user"
OPERATOR = "operator"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"
LEADER = "leader"

OPERATE = "platform.operate"


def register_roles() -> None:
    """Make every role known to the kernel; called once when the directory's app is ready."""
    register_action(OPERATE, "平台运行维护")
    register_role(DATA_MANAGER, "数据管理员")
    register_role(OFFICE_APPROVER, "本部门审批人")
    register_role(CATALOG_REVIEWER, "目录审核员", reach=Reach.ALL)
    register_role(SHARING_AUTHORITY, "共享受理员", reach=Reach.ALL)
    register_role(QUALITY_OFFICER, "质量管理员", reach=Reach.ALL)
    register_role(DATA_USER, "用数申请员")
    register_role(OPERATOR, "平台运营员", [OPERATE], reach=Reach.ALL)
    register_role(AUDITOR, "安全审计员", reach=Reach.ALL)
    register_role(ADMINISTRATOR, "系统管理员", reach=Reach.ALL)
    register_role(LEADER, "领导", reach=Reach.ALL)


def keep_apart(decision: str) -> None:
    """Declare an approving action that no operator may hold; every domain calls it for its decisions."""
    forbid_together(decision, OPERATE, reason="管运分离：承担平台运营的人员不得行使审批权")
