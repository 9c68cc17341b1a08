"""What real columns propose for the form (自动填写): names, types, keys, grades and masks, each with its reason.

A proposal is never a decision: the data manager accepts or edits every row, and the reason stays beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tulou.domains.catalog.content import Content
from tulou.domains.catalog.vocabulary import Grade, ItemType, MaskRule, OpenType, ShareType
from tulou.plane.connect import ColumnProfile, SourceColumn

NAME_LIMIT, LABEL_LIMIT = 48, 80

#: What common English column names mean; `name` is a person's where the table has identity numbers.
USUAL: dict[str, str] = {
    "id_no": "公民身份号码", "name": "名称", "sex": "性别", "gender": "性别", "nation": "民族", "ethnicity": "民族",
    "birth_date": "出生日期", "birthday": "出生日期", "death_date": "死亡日期", "life_status": "生存状态",
    "household_region": "户籍区划", "household_address": "户籍地址", "address": "地址", "phone": "联系电话",
    "mobile": "手机号码", "tel": "联系电话", "email": "电子邮箱", "uscc": "统一社会信用代码",
    "company_name": "企业名称", "legal_rep": "法定代表人", "capital": "注册资本", "founded_on": "成立日期",
    "industry": "行业", "region_code": "行政区划代码", "code": "代码", "title": "名称", "type": "类型",
    "status": "状态", "date": "日期", "day": "日期", "time": "时间", "year": "年份", "month": "月份",
    "province": "省份", "city": "城市", "county": "区县", "created_at": "创建时间", "updated_at": "更新时间",
    "updated_on": "更新日期", "note": "备注", "remark": "备注", "amount": "金额", "quantity": "数量",
    "serial": "序号", "lat": "纬度", "lng": "经度", "lon": "经度",
}  # fmt: skip
_CODED = re.compile(r"代码|编码|类型|类别|状态|性别|民族|号码?$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed 信息项 and why it looks like this."""

    item: dict[str, Any]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A kind of column that must be protected: how to know it, its grade and mask, and the sentence that says so."""

    reason: str
    grade: int
    mask: str = MaskRule.NONE
    head: int = 0
    tail: int = 0
    looks: str = ""
    label: str = ""
    personal: bool = True

    def fits(self, column: ColumnProfile, label: str) -> bool:
        """Whether the values or the header say that the column is of this kind."""
        return bool(self.looks and column.looks_like == self.looks) or bool(
            self.label and re.search(self.label, label, re.IGNORECASE)
        )


KEEP, HASH, MONTH, NULL = MaskRule.KEEP, MaskRule.HASH, MaskRule.MONTH, MaskRule.NULL
#: From the most to the least sensitive; the first that fits decides.
SENSITIVITIES: tuple[Sensitivity, ...] = (
    Sensitivity("口令类字段，建议4级、不提供", 4, NULL, label=r"密码|口令|password|passwd"),
    Sensitivity(
        "公民身份号码（敏感个人信息），建议4级、保留前6后4位", 4, KEEP, 6, 4, "id_no", r"身份证|身份号码|^id_?no$"
    ),
    Sensitivity("护照、通行证等证件号，建议4级、保留后4位", 4, KEEP, 0, 4, label=r"护照|通行证|证件号"),
    Sensitivity("金融账户（敏感个人信息），建议4级、保留后4位", 4, KEEP, 0, 4, label=r"银行卡|银行账|账号|卡号"),
    Sensitivity(
        "生物识别或医疗健康信息（敏感个人信息），建议4级、不提供", 4, NULL, label=r"指纹|人脸|诊断|病史|病历|过敏"
    ),
    Sensitivity("住址能定位到个人，建议4级、保留前9位", 4, KEEP, 9, 0, label=r"住址|户籍地址|家庭地址|居住地址"),
    Sensitivity(
        "联系电话（个人信息），建议3级、保留前3后4位", 3, KEEP, 3, 4, "phone", r"手机|联系电话|电话号码|^phone$|mobile"
    ),
    Sensitivity("姓名（个人信息），建议3级、保留首字", 3, KEEP, 1, 0, label=r"姓名|法定代表人|联系人|负责人姓名"),
    Sensitivity("电子邮箱（个人信息），建议3级、加密摘要", 3, HASH, looks="email", label=r"邮箱|email"),
    Sensitivity("出生日期（个人信息），建议3级、精确到月", 3, MONTH, label=r"出生(日期|年月)|生日|^birth"),
    Sensitivity("民族、宗教、婚姻等个人信息，建议3级", 3, label=r"民族|宗教|婚姻|政治面貌"),
)
OPEN_KINDS = {"uscc": "统一社会信用代码是法人公开标识，建议1级", "region_code": "行政区划代码是公开标准，建议1级"}
TYPES = {
    "integer": ItemType.INTEGER,
    "date": ItemType.DATE,
    "timestamp": ItemType.DATETIME,
    "boolean": ItemType.LOGICAL,
}


def propose(columns: Sequence[SourceColumn], profiles: Sequence[ColumnProfile]) -> list[Proposal]:
    """A row for every column, in the order of the source."""
    keys = _keys(columns, profiles)
    persons = any(profile.looks_like == "id_no" for profile in profiles)
    return [
        _proposal(column, profile, key=column.name in keys, persons=persons)
        for column, profile in zip(columns, profiles, strict=True)
    ]


def entry_defaults(proposals: Sequence[Proposal]) -> Content:
    """What the rows say of the whole entry: grade as high as the highest, sharing as strict as the strictest."""
    items = [proposal.item for proposal in proposals]
    grade = max((item["grade"] for item in items), default=int(Grade.INTERNAL))
    personal = any(sensitivity(item) is not None for item in items)
    conditional = any(item["share_type"] == ShareType.CONDITIONAL for item in items)
    content: Content = {
        "grade": grade,
        "contains_personal": personal,
        "sensitive_personal": personal and grade >= Grade.HIGH,
        "share_type": ShareType.CONDITIONAL if conditional else ShareType.UNCONDITIONAL,
        "share_methods": ["table", "file", "api"],
        "open_type": OpenType.REFUSED if grade >= Grade.SENSITIVE else OpenType.ON_REQUEST,
    }
    if personal:
        content["open_condition"] = "含个人信息，依据《中华人民共和国个人信息保护法》不予开放"
    if conditional:
        content["share_condition"] = "限履行法定职责需要的政务部门，按场景逐项申请；不得转供第三方，使用期满销毁"
    return content


def sensitivity(item: dict[str, Any]) -> Sensitivity | None:
    """The kind of personal information that a row's label names, if any."""
    label = f"{item.get('label') or ''}"
    looks = item.get("looks_like") or ""
    return next(
        (
            kind
            for kind in SENSITIVITIES
            if kind.personal and ((kind.label and re.search(kind.label, label)) or (kind.looks and kind.looks == looks))
        ),
        None,
    )


def _proposal(column: SourceColumn, profile: ColumnProfile, *, key: bool, persons: bool) -> Proposal:
    label, reasons = _label(column, persons)
    type_item, why_type = _type(column, profile, label)
    protection, why_grade = _protection(profile, (label, column.name), persons=persons)
    nullable = not key and not column.required and (profile.nullable or not profile.filled)
    if key:
        reasons.append("来源数据库中的主键" if column.key else f"样本中 {profile.filled:,} 行各不相同，可作主键")
    item = {
        "name": profile.proposed_name[:NAME_LIMIT],
        "label": label[:LABEL_LIMIT],
        "source_name": column.name[:200],
        "nullable": nullable,
        "is_key": key,
        "looks_like": profile.looks_like,
        **type_item,
        **protection,
    }
    return Proposal(item, (*reasons, *why_type, *why_grade))


def _label(column: SourceColumn, persons: bool) -> tuple[str, list[str]]:
    comment = column.comment.strip().splitlines()[0].strip() if column.comment.strip() else ""
    if comment:
        return comment, ["中文名称取自数据库字段注释"]
    if re.search("[\u3400-\u9fff]", column.name):
        return column.name.strip(), []
    plain = column.name.strip().lower()
    if persons and plain == "name":
        return "姓名", ["中文名称按表中有身份号码推断，请核对"]
    if plain in USUAL:
        return USUAL[plain], ["中文名称按常用英文字段名推断，请核对"]
    return column.name.strip(), ["来源字段没有中文名称，请填写"]


def _type(column: SourceColumn, profile: ColumnProfile, label: str) -> tuple[dict[str, Any], list[str]]:
    declared = _declared(column.declared)
    if declared is not None:
        return declared, [f"类型取自来源：{column.declared}"]
    kind = profile.proposed_type
    if found := re.fullmatch(r"decimal\((\d+),(\d+)\)", kind):
        return {"type": ItemType.NUMERIC, "length": int(found[1]), "precision": int(found[2])}, []
    if kind == "integer" and _CODED.search(label):
        length = _room(profile.longest)
        return {"type": ItemType.CHARACTER, "length": length, "precision": None}, ["名称像是代码，按字符型处理"]
    if kind in TYPES:
        return {"type": TYPES[kind], "length": None, "precision": None}, []
    reasons = ["数字带前导零或定长，按代码处理为字符型"] if profile.looks_like in {"region_code", "uscc"} else []
    return {"type": ItemType.CHARACTER, "length": _room(profile.longest), "precision": None}, reasons


def _declared(declared: str) -> dict[str, Any] | None:
    """The type that a database declares; None where it says nothing better than the sample."""
    text = declared.lower()
    if found := re.fullmatch(r"(?:character varying|character|varchar|char)\((\d+)\)", text):
        return {"type": ItemType.CHARACTER, "length": int(found[1]), "precision": None}
    if found := re.fullmatch(r"(?:numeric|decimal)\((\d+),\s?(\d+)\)", text):
        return {"type": ItemType.NUMERIC, "length": int(found[1]), "precision": int(found[2])}
    simple = {
        "smallint": ItemType.INTEGER, "integer": ItemType.INTEGER, "bigint": ItemType.INTEGER,
        "date": ItemType.DATE, "boolean": ItemType.LOGICAL,
    }  # fmt: skip
    kind = ItemType.DATETIME if text.startswith("timestamp") else simple.get(text)
    return {"type": kind, "length": None, "precision": None} if kind else None


def _room(longest: int) -> int:
    """A round length with room to grow."""
    return next((size for size in (10, 20, 30, 50, 100, 200, 500) if longest <= size * 0.9 or longest == size), 1000)


def _protection(profile: ColumnProfile, names: tuple[str, str], *, persons: bool) -> tuple[dict[str, Any], list[str]]:
    kind = next((kind for kind in SENSITIVITIES if any(kind.fits(profile, name) for name in names)), None)
    if kind is None:
        reason = "" if persons else OPEN_KINDS.get(profile.looks_like, "")
        grade = int(Grade.OPEN) if reason else int(Grade.INTERNAL)
        return _rights(grade, MaskRule.NONE, 0, 0), [reason] if reason else []
    seen = "（值的格式和校验码相符）" if kind.looks and profile.looks_like == kind.looks else ""
    return _rights(kind.grade, kind.mask, kind.head, kind.tail), [f"{kind.reason}{seen}"]


def _rights(grade: int, mask: str, head: int, tail: int) -> dict[str, Any]:
    strict = grade >= Grade.SENSITIVE
    return {
        "grade": grade,
        "mask": mask,
        "mask_head": head,
        "mask_tail": tail,
        "share_type": ShareType.CONDITIONAL if strict else ShareType.UNCONDITIONAL,
        "open_type": OpenType.REFUSED if strict else OpenType.OPEN if grade == Grade.OPEN else OpenType.ON_REQUEST,
    }


def _keys(columns: Sequence[SourceColumn], profiles: Sequence[ColumnProfile]) -> set[str]:
    """The source's own key; else the first column whose sampled values all differ and that is no free text."""
    declared = {column.name for column in columns if column.key}
    if declared:
        return declared
    usable = [p for p in profiles if p.key_candidate and p.proposed_type in {"text", "integer"} and p.longest <= 64]
    likely = [
        p for p in usable if p.looks_like or re.search(r"号|编码|代码|标识|_id$|^id|code|_no$", p.name, re.IGNORECASE)
    ]
    chosen = next(iter(likely or usable), None)
    return {chosen.name} if chosen else set()
