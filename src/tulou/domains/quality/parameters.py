"""Fields for the parameters of each kind of rule (规则参数), named as the plane's compiler names them.

So a refusal of the compiler finds the field that it is about.
"""

from collections.abc import Mapping

from django import forms

_AREA = {"rows": 4}
_OPERATORS = [("eq", "等于"), ("ne", "不等于"), ("lt", "早于或小于"), ("le", "不晚于或不大于"),
              ("gt", "晚于或大于"), ("ge", "不早于或不小于")]  # fmt: skip


def _whole(label: str, hint: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, min_value=0, max_value=1_000_000, required=False)


PARAMETERS: Mapping[str, dict[str, forms.Field]] = {
    "length": {
        "min": _whole("最短（字符）", "不限可以留空"),
        "max": _whole("最长（字符）", "最短与最长相同，表示固定长度"),
    },
    "pattern": {
        "pattern": forms.CharField(label="格式", max_length=500, help_text="正则表达式，须整体匹配，例如 35\\d{4}")
    },
    "range": {
        "min": forms.CharField(label="下限", required=False, help_text="数值，或日期 2020-01-01；不限可以留空"),
        "max": forms.CharField(label="上限", required=False, help_text="数值或日期；today 表示检核当天"),
    },
    "in_list": {
        "code_table": forms.CharField(
            label="代码表编号", required=False, max_length=60, help_text="填写后取值随代码表的现行版本更新"
        ),
        "values": forms.CharField(
            label="允许的取值", required=False, widget=forms.Textarea(attrs=_AREA),
            help_text="每行一个；已填代码表编号的不用填",
        ),
    },
    "id_no": {
        "sex": forms.ChoiceField(
            label="性别列", required=False, help_text="选定后，同时核对第17位的奇偶"
        )
    },
    "uscc": {
        "embedded": forms.BooleanField(
            label="校验其中的主体标识码", required=False, initial=True, help_text="第9至17位，即原组织机构代码"
        )
    },
    "date": {
        "format": forms.ChoiceField(
            label="格式", choices=[(f, f) for f in ("YYYY-MM-DD", "YYYYMMDD", "YYYY-MM", "YYYYMM", "YYYY")],
            help_text="来源中日期的写法",
        ),
        "not_future": forms.BooleanField(label="不得晚于今天", required=False, help_text="登记、发生类日期请勾选"),
    },
    "unique": {
        "keep": forms.ChoiceField(
            label="重复时", choices=[("first", "保留第一行"), ("none", "一行不留")], help_text="其余各行按本规则处理"
        )
    },
    "compare": {
        "op": forms.ChoiceField(label="前一列应", choices=_OPERATORS, help_text="按勾选的先后，前一列与后一列比较")
    },
    "expression": {
        "expression": forms.CharField(
            label="表达式", max_length=2000, widget=forms.Textarea(attrs=_AREA | {"spellcheck": "false"}),
            help_text="结果为真表示合格，用信息项的英文名称书写，例如 people >= 0 AND length(code) = 6",
        )
    },
    "reference": {
        "relation": forms.CharField(
            label="被引用的数据表", max_length=48, help_text="同一数据区中已入库的数据表，例如 region_county"
        ),
        "column": forms.CharField(
            label="被引用的列", max_length=48, initial="code", help_text="该表中的英文列名；加密保存的列不能引用"
        ),
    },
}  # fmt: skip
