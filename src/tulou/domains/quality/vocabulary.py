"""The closed vocabularies of quality (GB/T 36344-2018 and the form of 异议/纠错)."""

from django.db import models


class Severity(models.TextChoices):
    """What becomes of a row that breaks the rule."""

    BLOCK = "block", "拦截：该行退回，不入库"
    WARN = "warn", "提醒：该行入库，记录问题"


class Dimension(models.TextChoices):
    """The six dimensions of GB/T 36344."""

    FORM = "规范性", "规范性"
    COMPLETE = "完整性", "完整性"
    EXACT = "准确性", "准确性"
    CONSISTENT = "一致性", "一致性"
    TIMELY = "时效性", "时效性"
    REACHABLE = "可访问性", "可访问性"


class RunKind(models.TextChoices):
    """What a check looked at."""

    BATCH = "batch", "汇聚批次"
    STANDING = "standing", "全表检核"


class TicketStatus(models.TextChoices):
    """Where a rectification ticket stands."""

    ROUTED = "routed", "待受理"
    ACCEPTED = "accepted", "已受理"
    FIXING = "fixing", "整改中"
    FIXED = "fixed", "待核验"
    VERIFIED = "verified", "核验通过"
    CLOSED = "closed", "已办结"
    REOPENED = "reopened", "退回整改"
    ESCALATED = "escalated", "督办中"


class Origin(models.TextChoices):
    """How a fault was found."""

    RULE = "rule", "规则检核"
    REPORT = "report", "异议纠错"


class ErrorType(models.TextChoices):
    """What is wrong with the data (DOMAIN: 异议/纠错)."""

    MISSING = "missing", "缺失"
    WRONG = "wrong", "错误"
    OUTDATED = "outdated", "过时"
    DUPLICATE = "duplicate", "重复"
    INCONSISTENT = "inconsistent", "与其他来源不一致"
    UNREACHABLE = "unreachable", "无法访问"
    FORMAT = "format", "格式不符"


class Resolution(models.TextChoices):
    """What the provider did about it."""

    CORRECTED = "corrected", "已在源头更正"
    DECLINED = "declined", "经核实数据无误"
    TRANSFERRED = "transferred", "非本机构数据，应转其他机构"
