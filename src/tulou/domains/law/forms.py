"""Forms of the law room: a holiday notice."""

from datetime import date

from django import forms

from tulou.domains.law.notices import NoticeSpec, parse_days
from tulou.kernel.calendar import DayKind
from tulou.kernel.calendar.services import NamedDay
from tulou.kernel.ui.forms import IdempotentForm


class NoticeForm(IdempotentForm):
    """The State Council's arrangement for one year."""

    year = forms.IntegerField(
        label="年度", min_value=2004, max_value=2100, help_text="通知安排的年度；再次导入同一年度会替换原有安排"
    )
    citation = forms.CharField(
        label="文号", max_length=120, help_text="例如：国办发明电〔2026〕12号；写入每个受影响时限的依据"
    )
    title = forms.CharField(
        label="通知名称", required=False, max_length=120, help_text="可不填，默认为国务院办公厅当年的通知名称"
    )
    verified = forms.BooleanField(label="已与原文核对", required=False, help_text="未核对的会在引用处标注“未核”")
    holidays = forms.CharField(
        label="放假日",
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="每行一天或一段，后面写节日名，例如：2027-01-01 元旦；2027-02-05 至 2027-02-12 春节。含周末",
    )
    workdays = forms.CharField(
        label="调休上班日",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="每行一天，只填周末上班的日子，例如：2027-02-14 春节",
    )

    def clean_holidays(self) -> dict[date, NamedDay]:
        """Free days."""
        return parse_days(self.cleaned_data["holidays"], DayKind.HOLIDAY)

    def clean_workdays(self) -> dict[date, NamedDay]:
        """Worked weekends."""
        return parse_days(self.cleaned_data["workdays"], DayKind.WORKDAY)

    def spec(self) -> NoticeSpec:
        """The notice as the service takes it."""
        return NoticeSpec(**self.facts())
