"""Forms of the directory: a duty, an information system, an account, a role, a desk to be kept."""

from collections.abc import Sequence
from typing import Any

from django import forms

from tulou.domains.directory.models import Agency
from tulou.kernel.calendar import today
from tulou.kernel.identity import Account
from tulou.kernel.permissions.registry import all_roles
from tulou.kernel.ui.forms import IdempotentForm


def day_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DutyForm(IdempotentForm):
    """An item of the 权责清单."""

    code = forms.CharField(label="事项编码", max_length=80, help_text="权责清单上的编码；全省唯一，登记后不再改变")
    name = forms.CharField(label="事项名称", max_length=200, help_text="与权责清单一致，例如：县级以上行政区划管理")
    citation = forms.CharField(
        label="法定依据", max_length=300, help_text="法律法规名称和条款，例如：《大气污染防治法》第二十三条"
    )
    core_business = forms.CharField(
        label="核心业务", max_length=200, help_text="该职责下产生数据的主要业务，例如：空气质量监测"
    )


class SystemForm(IdempotentForm):
    """An information system."""

    code = forms.CharField(label="系统编码", max_length=80, help_text="信息化项目或系统清单上的编码；全省唯一")
    name = forms.CharField(label="系统名称", max_length=200, help_text="系统的正式名称")
    description = forms.CharField(
        label="系统说明", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="可不填；主要功能和数据"
    )
    security_level = forms.IntegerField(
        label="等级保护级别",
        required=False,
        min_value=1,
        max_value=5,
        help_text="已备案的网络安全等级保护级别，1–5；未备案留空",
    )
    network = forms.CharField(label="所在网络", required=False, max_length=60, help_text="例如：政务外网、互联网")


class AccountForm(IdempotentForm):
    """A new account."""

    login = forms.CharField(
        label="登录名", max_length=64, help_text="2至64位小写字母、数字、点或短横线，例如 mz-data；开立后不能改"
    )
    label = forms.CharField(
        label="账号名称", max_length=80, help_text="按岗位命名，不写姓名，例如：省民政厅·数据管理员"
    )
    password = forms.CharField(
        label="初始口令", max_length=200, strip=False, help_text="至少10个字符；首次登录后必须修改",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class PasswordForm(IdempotentForm):
    """A first password again, for somebody who lost it."""

    new = forms.CharField(
        label="新的初始口令", max_length=200, strip=False, help_text="至少10个字符；其会话随即退出，下次登录必须修改",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class AssignForm(IdempotentForm):
    """A role at an agency, from a day."""

    role = forms.ChoiceField(label="角色", help_text="同一人不能同时担任须分设的角色，例如运营与审批")
    organisation = forms.ModelChoiceField(
        queryset=Agency.objects.none(), label="机构", empty_label="请选择", help_text="角色在哪个机构有效"
    )
    valid_from = forms.DateField(label="起始日期", widget=day_input(), help_text="从哪一天起有效")
    valid_to = forms.DateField(label="截止日期", required=False, widget=day_input(), help_text="含当日；长期有效的留空")
    region = forms.CharField(
        label="限定区划", required=False, max_length=12, help_text="可不填；只在某区划内有效时填代码"
    )
    theme = forms.CharField(label="限定主题", required=False, max_length=60, help_text="可不填；只对某主题有效时填写")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.fields["role"]
        assert isinstance(roles, forms.ChoiceField)
        roles.choices = [("", "请选择"), *((role.code, role.name) for role in all_roles())]
        places = self.fields["organisation"]
        assert isinstance(places, forms.ModelChoiceField)
        places.queryset = Agency.objects.filter(active=True)
        self.fields["valid_from"].initial = today


class DelegateForm(IdempotentForm):
    """One's own desk, kept by a colleague for a time."""

    desk = forms.ChoiceField(label="委托的岗位", help_text="只能委托您本人持有的岗位；代办期间您仍可办理")
    keeper = forms.ModelChoiceField(
        queryset=Account.objects.none(),
        label="代办人",
        empty_label="请选择",
        help_text="须是同一机构的人员，且不得与其现有角色冲突",
    )
    valid_from = forms.DateField(label="起始日期", widget=day_input(), help_text="从哪一天起代办")
    valid_to = forms.DateField(label="截止日期", widget=day_input(), help_text="含当日；到期自动收回")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如：出差、休假；写入留痕")

    def __init__(self, *args: Any, desks: Sequence[tuple[str, str]], colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, keeper = self.fields["desk"], self.fields["keeper"]
        assert isinstance(field, forms.ChoiceField)
        assert isinstance(keeper, forms.ModelChoiceField)
        field.choices = list(desks)
        keeper.queryset = colleagues
        self.fields["valid_from"].initial = today
