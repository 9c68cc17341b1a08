"""目录编制表: the form of an entry in five sections, and the reading of its item rows.

Nothing but the name is required to save: what is missing is told by the checklist, never by a refusal.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from tulou.domains.catalog.content import FIELDS, ITEM_FIELDS, Content
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.vocabulary import (
    FormatMajor,
    Grade,
    NationalGrade,
    OpenType,
    ShareMethod,
    ShareType,
    UpdateCycle,
)
from tulou.domains.directory.public import duties_of, predecessors, systems_of
from tulou.domains.law.public import BasisUse, bases_in_force
from tulou.domains.standards.public import codes
from tulou.kernel.calendar import today
from tulou.kernel.ui.forms import IdempotentForm, Section
from tulou.plane.connect import english_names

CLASSES = (("", "请选择"), ("1", "1 基础信息资源"), ("2", "2 主题信息资源"), ("3", "3 部门信息资源"))
MINOR_FORMATS = ("csv", "xlsx", "xls", "json", "geojson", "parquet", "xml", "ofd", "pdf", "docx", "postgresql", "mysql",
                 "dm", "kingbasees", "oracle", "shp", "jpg", "png", "mp4")  # fmt: skip
WHOLE = {"length", "precision", "mask_head", "mask_tail"}
FLAGS = {"nullable", "is_key"}


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _text(label: str, help_text: str, limit: int, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=limit, required=False, widget=forms.TextInput(attrs=attrs)
    )


def _choice(label: str, help_text: str, choices: Sequence[tuple[Any, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=help_text, choices=choices, required=False)


def _flag(label: str, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def _blank(choices: Sequence[tuple[Any, str]]) -> list[tuple[Any, str]]:
    return [("", "请选择"), *choices]


class EntryForm(IdempotentForm):
    """Every attribute that the agency writes."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput, max_length=64)

    name = forms.CharField(
        label="目录名称", max_length=200, help_text="业务上的称呼，不是数据表名；本机构内不能重名，例如：婚姻登记信息"
    )
    abstract = forms.CharField(
        label="摘要", required=False, widget=_lines(), help_text="说明数据的内容、范围和主要字段，让别的部门一读就懂"
    )
    category_class = _choice("目录分类：类", "基础库用1，主题库用2，本部门业务数据用3；决定资源代码的首位", CLASSES)
    category_item = _text("项", "两位数字，例如人口01、法人02、自然资源03", 2, inputmode="numeric")
    category_directory = _text("目", "三位数字", 3, inputmode="numeric")
    category_detail = _text("细目", "可不填；位数不限", 20, inputmode="numeric")
    category_path = _text(
        "分类名称", "与类、项、目、细目对应的名称，用“/”分隔，例如：基础信息资源/法人/法人基本信息", 300
    )
    domain = _text("数据领域", "所属业务领域，例如：民政、卫生健康、生态环境", 60, list="domains")
    theme = _text("主题", "可不填；面向应用的主题，例如：医疗健康、地名区划", 60, list="themes")
    keywords = _text("关键字", "可不填；用顿号分隔，便于检索，最多10个", 300)
    region = _choice("区域范围", "数据覆盖的行政区划", ())
    region_version = _text("区划版本", "所用行政区划代码的版本，默认现行版本", 40)
    period_from = forms.DateField(
        label="时间范围起", required=False, widget=_day(), help_text="最早一条数据的日期，可不填"
    )
    period_to = forms.DateField(label="时间范围止", required=False, widget=_day(), help_text="仍在更新的留空")

    duty = _choice("权责清单事项", "因履行哪一项法定职责产生；列表中没有的，先到“职责事项”登记", ())
    system = _choice("信息系统", "数据来自哪个信息系统；列表中没有的，先到“信息系统”登记", ())
    no_system_reason = _text("无系统原因", "没有系统支撑（手工台账等）时填写原因", 200)
    provider_dept = _text("内设机构", "可不填；负责该数据的处室", 80)
    authority_source = _flag("本目录是数源", "一数一源：其他部门使用这些信息项时以本目录为准")
    authority_note = _text("数源说明", "勾选数源时写明对哪些信息项、哪个区域和期间是数源", 200)
    format_major = _choice("格式大类", "数据在来源处的形式", _blank(FormatMajor.choices))
    format_minor = _text("格式小类", "具体格式，例如 csv、xlsx、postgresql", 20, list="formats")
    update_cycle = _choice("更新周期", "多久更新一次；逾期未更新会提示并计入考核", _blank(UpdateCycle.choices))
    update_days = forms.IntegerField(
        label="自定义周期（天）", required=False, min_value=1, max_value=3650, help_text="更新周期选“自定义”时填写"
    )
    retention = _text("保存期限", "例如：长期、30年、自业务办结之日起5年", 80)
    destroy_rule = _text("销毁规则", "期满后如何处理，例如：经审批后销毁；长期保存的填“不销毁”", 200)
    table = _text("数据表名", "汇聚后在数据区的英文表名，已按目录名称生成，一般不用改；挂接后不能更改", 48)

    share_type = _choice(
        "共享类型", "政务数据以共享为原则；不予共享必须有法律、行政法规或国务院决定依据", _blank(ShareType.choices)
    )
    share_methods = forms.MultipleChoiceField(
        label="共享方式", required=False, choices=ShareMethod.choices, widget=forms.CheckboxSelectMultiple,
        help_text="可提供的方式，可多选",
    )  # fmt: skip
    share_condition = forms.CharField(
        label="共享条件", required=False, widget=_lines(), help_text="有条件共享时写明共享范围、用途和使用条件"
    )
    share_basis = _choice("不予共享依据", "仅不予共享时选择；只列出现行有效、可用于不予共享的条款", ())

    open_type = _choice("开放类型", "3级、4级数据不能普遍开放", _blank(OpenType.choices))
    open_condition = forms.CharField(
        label="开放条件或依据", required=False, widget=_lines(), help_text="依申请开放写明条件，不予开放写明依据"
    )

    grade = _choice("数据分级", "不低于最高的信息项，就高从严；1级公开、2级内部、3级敏感、4级高敏感", Grade.choices)
    national_grade = _choice("国家分级", "按国家标准另行判定的级别，多数为一般数据", NationalGrade.choices)
    is_important = _flag("列入重要公共数据目录", "经主管部门认定的才勾选")
    important_document = _text("重要目录认定文件", "认定文件的名称和文号", 200)
    contains_personal = _flag("含个人信息", "能识别自然人的任何信息")
    sensitive_personal = _flag("含敏感个人信息", "身份证件、生物识别、医疗健康、金融账户、行踪轨迹等")
    minors = _flag("含未成年人信息", "不满十四周岁未成年人的个人信息")
    personal_basis = _text(
        "个人信息处理依据", "含个人信息时填写，例如：为履行法定职责所必需（个人信息保护法第十三条第三项）", 300
    )
    is_synthetic = _flag("合成数据", "由程序生成、不对应真实对象，供样例和测试使用")
    contact = _text("联系岗位", "只在政务部门内部显示；填岗位，不填姓名，例如：省民政厅数据管理员", 80)
    phone = _text("联系电话", "可不填；只在本机构内部显示", 40)

    sections: ClassVar[Sequence[Section]] = (
        Section(
            "一、业务",
            ("name", "abstract", "category_class", "category_item", "category_directory", "category_detail",
             "category_path", "domain", "theme", "keywords", "region", "region_version", "period_from", "period_to"),
            "这是什么数据，归在哪一类，覆盖哪里和什么时候。",
        ),
        Section(
            "二、来源",
            ("duty", "system", "no_system_reason", "provider_dept", "authority_source", "authority_note",
             "format_major", "format_minor", "update_cycle", "update_days", "retention", "destroy_rule", "table"),
            "因何职责、从哪个系统产生，多久更新，保存多久。",
        ),
        Section(
            "三、共享", ("share_type", "share_methods", "share_condition", "share_basis"),
            "给其他政务部门用的规则；各信息项可以另定。",
        ),
        Section("四、开放", ("open_type", "open_condition"), "向社会开放的规则。"),
        Section(
            "五、安全",
            ("grade", "national_grade", "contains_personal", "sensitive_personal", "minors", "personal_basis",
             "is_important", "important_document", "is_synthetic", "contact", "phone"),
            "级别和个人信息标识决定数据存放的数据区和默认脱敏。",
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = sorted(predecessors(entry.provider_id), key=str)
        duties = [duty for place in places for duty in duties_of(place)]
        systems = [system for place in places for system in systems_of(place)]
        self._offer("duty", [(str(d.id), f"{d.code} {d.name}") for d in duties])
        self._offer("system", [(str(s.id), f"{s.code} {s.name}") for s in systems])
        bases = bases_in_force(today(), BasisUse.REFUSE_SHARING)
        self._offer("share_basis", [(str(b.id), b.citation) for b in bases])
        self._offer("region", _regions(entry.provider.region))
        if entry.zone:
            self.fields["table"].disabled = True

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """Choices of a list; a value held already stays choosable though the list no longer has it."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        held = str(self.initial.get(name) or "")
        extra = [(held, f"{held}（已不在列表中）")] if held and held not in {value for value, _ in choices} else []
        field.choices = _blank([*choices, *extra])

    def clean_category_path(self) -> list[str]:
        """Names of the class part, in order."""
        return [part.strip() for part in self.cleaned_data["category_path"].split("/") if part.strip()]

    def clean_keywords(self) -> list[str]:
        """Words, without repetition."""
        text = self.cleaned_data["keywords"]
        for separator in "，,；; \u3000":
            text = text.replace(separator, "、")
        words = list(dict.fromkeys(word.strip() for word in text.split("、") if word.strip()))
        if len(words) > 10 or any(len(word) > 40 for word in words):
            raise forms.ValidationError("关键字最多10个，每个不超过40个字")
        return words

    def content(self, items: Sequence[Mapping[str, Any]]) -> Content:
        """The content that the form and its rows say."""
        values = {name: _plain(self.cleaned_data.get(name)) for name in FIELDS if name in self.fields}
        for name in ("duty", "system", "share_basis"):
            values[name] = values[name] or None
        values["grade"] = int(values["grade"] or Grade.INTERNAL)
        values["national_grade"] = values["national_grade"] or NationalGrade.GENERAL
        return {**values, "items": list(items)}


def initial_of(content: Content) -> dict[str, Any]:
    """A content as the form shows it."""
    shown = {name: content.get(name) for name in FIELDS}
    shown["keywords"] = "、".join(content.get("keywords") or [])
    shown["category_path"] = "/".join(content.get("category_path") or [])
    return shown


def posted_items(data: QueryDict) -> list[dict[str, Any]]:
    """The item rows in the order in which the page shows them; rows left empty are dropped."""
    keys = [name.split("-")[1] for name in data if name.startswith("items-") and name.endswith("-label")]
    rows = [{field: _cell(data, key, field) for field in ITEM_FIELDS} for key in keys]
    filled = [row for row in rows if row["label"] or row["name"] or row["source_name"]]
    _name_the_nameless(filled)
    return filled


def _name_the_nameless(rows: Sequence[dict[str, Any]]) -> None:
    """An item without an English name gets one from its Chinese name."""
    taken = {row["name"] for row in rows if row["name"]}
    nameless = [row for row in rows if not row["name"]]
    for row, proposed in zip(nameless, english_names([row["label"] for row in nameless]), strict=True):
        number, name = 2, proposed
        while name in taken:
            name, number = f"{proposed}_{number}", number + 1
        row["name"] = name
        taken.add(name)


def _cell(data: QueryDict, key: str, field: str) -> Any:
    value = data.get(f"items-{key}-{field}", "").strip().replace("\x00", "")
    if field in FLAGS:
        return bool(value)
    if field in WHOLE:
        number = int(value) if value.isdecimal() and len(value) < 6 else None
        return number if number is not None or field in ("length", "precision") else 0
    return int(value) if field == "grade" and value.isdecimal() else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _regions(own: str) -> list[tuple[str, str]]:
    """The regions of the agency's province, the province itself first."""
    listed = [(code.value, f"{code.value} {code.label}") for code in codes("region") if code.value[:2] == own[:2]]
    return listed or [(own, own)]
