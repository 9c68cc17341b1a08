"""Forms of a data manager: enter a duty or an information system of the own agency."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from tulou.domains.directory.forms import DutyForm, SystemForm
from tulou.domains.directory.models import Agency
from tulou.domains.directory.services import DutySpec, SystemSpec, register_duty, register_system
from tulou.kernel.permissions import action
from tulou.kernel.ui.forms import FormPage
from tulou.kernel.ui.pages import Crumb


class OfOwnAgency(FormPage):
    """A form about something of the agency acted for."""

    @property
    def agency(self) -> Agency:
        """The agency acted for.

        Raises:
            ValidationError: none is chosen, or it is no agency.
        """
        found = Agency.objects.filter(pk=self.actor.party).first() if self.actor.party else None
        if found is None:
            raise ValidationError("您当前没有所属机构，不能登记；请先在右上角选择办理机构")
        return found


@action("directory.register")
class NewDuty(OfOwnAgency):
    """登记职责."""

    title = "登记职责事项"
    lead = "登记本机构权责清单上的一项职责；编制目录时选用。"
    form_class = DutyForm
    submit_label = "登记"
    success = "职责已登记，可以用来编制目录"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the register."""
        return (Crumb("职责事项", reverse("directory:duties")),)

    @property
    def cancel_url(self) -> str:
        """Back to the register."""
        return reverse("directory:duties")

    def perform(self, form: Any, *, draft: bool) -> str:
        """Register and show it."""
        duty = register_duty(DutySpec(**form.facts()), agency=self.agency, actor=self.actor)
        return reverse("directory:duty", args=[duty.pk])


@action("directory.register")
class NewSystem(OfOwnAgency):
    """登记信息系统."""

    title = "登记信息系统"
    lead = "登记本机构建设的一个信息系统；编制目录和汇聚数据时选用。"
    form_class = SystemForm
    submit_label = "登记"
    success = "信息系统已登记，可以用来编制目录"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the register."""
        return (Crumb("信息系统", reverse("directory:systems")),)

    @property
    def cancel_url(self) -> str:
        """Back to the register."""
        return reverse("directory:systems")

    def perform(self, form: Any, *, draft: bool) -> str:
        """Register and show it."""
        system = register_system(SystemSpec(**form.facts()), agency=self.agency, actor=self.actor)
        return reverse("directory:system", args=[system.pk])
