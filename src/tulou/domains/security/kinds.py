"""留痕类型: what the kinds of the evidence log are called."""

from functools import cache

from tulou.kernel.workflow import all_flows

DOMAINS: dict[str, str] = {
    "catalog": "数据目录", "ingest": "数据汇聚", "quality": "数据质量", "sharing": "数据共享", "access": "授权与调用",
    "directory": "机构与职责", "law": "法规与时限", "standards": "标准", "security": "安全", "identity": "登录",
    "accounts": "账号", "permissions": "岗位", "jobs": "后台作业", "files": "文件", "ui": "台账导出",
    "calendar": "工作日历", "outbox": "事件", "workflow": "督办", "node": "节点",
    "portal": "门户",
}  # fmt: skip
TITLES: dict[str, str] = {
    "access.call.made": "调用",
    "access.delivery.started": "文件交付开始",
    "access.delivery.finished": "文件交付结束",
    "access.plan.issue": "签发访问计划",
    "access.right.amend": "变更访问权利",
    "access.right.begin": "建立访问权利",
    "catalog.entry.save": "保存目录",
    "catalog.entry.offer": "提请部门审核",
    "catalog.entry.bind": "绑定数据表",
    "ingest.batch.landed": "入库回执",
    "ingest.source.register": "登记来源",
    "ingest.source.look": "重新读取来源",
    "ingest.source.match": "核对来源字段",
    "quality.run.noted": "质量检核",
    "quality.ticket.found": "发现质量问题",
    "directory.agency.found": "登记机构",
    "directory.agency.rename": "机构更名",
    "directory.agency.succeed": "机构承继",
    "directory.duty.register": "登记职责",
    "directory.system.register": "登记信息系统",
    "directory.node.found": "登记节点",
    "identity.session.opened": "登录",
    "identity.totp.enabled": "启用动态口令",
    "identity.totp.disabled": "停用动态口令",
    "law.basis.adopt": "登记法规依据",
    "law.basis.end": "法规依据失效",
    "law.notice.adopt": "导入放假通知",
    "standards.code_table.adopt": "登记代码表",
    "portal.token.issue": "签发访问令牌",
    "portal.token.revoke": "作废访问令牌",
    "node.sample.loaded": "载入样例",
    "workflow.clock.escalated": "升级督办",
    "ui.register.exported": "导出台账",
    "security.bundle.export": "导出证据包",
    "permissions.assignment.given": "分配岗位",
    "permissions.assignment.ended": "终止岗位",
    "permissions.delegation.given": "委托代办",
    "permissions.delegation.ended": "终止代办",
    "jobs.run.cancelled": "取消作业",
    "jobs.run.retried": "重试作业",
    "outbox.delivery.retried": "重新投递事件",
}


@cache
def _moves() -> dict[str, str]:
    """Every move of every flow, named by its label."""
    named = {
        f"{flow.name}.{move.name}": f"{flow.title}：{move.title}"
        for flow in all_flows()
        for move in flow.moves.values()
    }
    begun = {f"{flow.name}.begin": f"{flow.title}：建立" for flow in all_flows()}
    return {**begun, **named}


def title_of(kind: str) -> str:
    """The kind in words; one that nobody named stands as it is, after the name of its room."""
    known = TITLES.get(kind) or _moves().get(kind)
    if known:
        return known
    room, _, rest = kind.partition(".")
    return f"{DOMAINS.get(room, room)}：{rest}"
