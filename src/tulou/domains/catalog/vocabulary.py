"""The closed vocabularies of the catalogue form (发改高技〔2017〕1272号, 国务院令第809号, GB/T 43697-2024)."""

from django.db import models


class EntryStatus(models.TextChoices):
    """Where an entry stands."""

    DRAFT = "draft", "编制中"
    ENDORSED = "endorsed", "部门已审"
    SUBMITTED = "submitted", "待审核"
    PUBLISHED = "published", "已发布"
    CHANGING = "changing", "变更中"
    CHANGE_ENDORSED = "change_endorsed", "变更部门已审"
    CHANGE_SUBMITTED = "change_submitted", "变更待审核"
    RETIRED = "retired", "已停用"


class ShareType(models.TextChoices):
    """共享类型."""

    UNCONDITIONAL = "unconditional", "无条件共享"
    CONDITIONAL = "conditional", "有条件共享"
    REFUSED = "refused", "不予共享"


class OpenType(models.TextChoices):
    """开放类型, in Fujian's words."""

    OPEN = "open", "普遍开放"
    ON_REQUEST = "on_request", "依申请开放"
    REFUSED = "refused", "不予开放"


class ShareMethod(models.TextChoices):
    """共享方式."""

    TABLE = "table", "库表"
    FILE = "file", "文件"
    API = "api", "接口"


class FormatMajor(models.TextChoices):
    """格式大类."""

    DOCUMENT = "document", "电子文件"
    SPREADSHEET = "spreadsheet", "电子表格"
    DATABASE = "database", "数据库"
    IMAGE = "image", "图形图像"
    MEDIA = "media", "流媒体"
    SELF_DESCRIBED = "self_described", "自描述格式"


class UpdateCycle(models.TextChoices):
    """更新周期."""

    REALTIME = "realtime", "实时"
    DAILY = "daily", "每日"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"
    YEARLY = "yearly", "每年"
    TWO_YEARLY = "two_yearly", "每两年"
    CUSTOM = "custom", "自定义"


class NationalGrade(models.TextChoices):
    """国家分级; a second axis beside the four local levels."""

    GENERAL = "general", "一般数据"
    IMPORTANT = "important", "重要数据"
    CORE = "core", "核心数据"


class Grade(models.IntegerChoices):
    """数据分级, one to four."""

    OPEN = 1, "1级 公开"
    INTERNAL = 2, "2级 内部"
    SENSITIVE = 3, "3级 敏感"
    HIGH = 4, "4级 高敏感"


class ItemType(models.TextChoices):
    """数据类型 of an item, with its letter of the guide; what the lake stores is `plane_type`."""

    CHARACTER = "C", "字符型 C"
    NUMERIC = "N", "数值型 N"
    CURRENCY = "Y", "货币型 Y"
    DATE = "D", "日期型 D"
    DATETIME = "T", "日期时间型 T"
    LOGICAL = "L", "逻辑型 L"
    MEMO = "M", "备注型 M"
    GENERAL = "G", "通用型 G"
    DOUBLE = "B", "双精度型 B"
    INTEGER = "I", "整型 I"
    FLOAT = "F", "浮点型 F"


class MaskRule(models.TextChoices):
    """脱敏规则 proposed for an item; the grant decides."""

    NONE = "none", "不脱敏"
    KEEP = "keep", "保留首尾"
    HASH = "hash", "加密摘要"
    MONTH = "month", "精确到月"
    NULL = "null", "不提供"


def plane_type(type_code: str, length: int | None, precision: int | None) -> str:
    """The lake's type for an item: exact decimals, never binary floats, so that sums are the same everywhere."""
    match type_code:
        case ItemType.INTEGER:
            return "integer"
        case ItemType.DATE:
            return "date"
        case ItemType.DATETIME:
            return "timestamp"
        case ItemType.LOGICAL:
            return "boolean"
        case ItemType.NUMERIC | ItemType.CURRENCY | ItemType.DOUBLE | ItemType.FLOAT:
            whole = type_code == ItemType.NUMERIC and length is not None  # N(10) is a whole number of ten digits
            scale = precision if precision is not None else 0 if whole else 4
            return f"decimal({min(max(length or 18, scale + 1), 38)},{scale})"
        case _:
            return "text"
