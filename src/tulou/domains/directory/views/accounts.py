"""账号与角色: the administrator opens accounts and gives roles; what may not meet in one person is refused in words."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from tulou.domains.directory.forms import AccountForm, AssignForm, PasswordForm
from tulou.domains.directory.models import Agency
from tulou.kernel.accounts import assign, create_account, end_assignment, reset_password, set_active
from tulou.kernel.calendar import today
from tulou.kernel.identity import Account, actor_of, party_names
from tulou.kernel.permissions import Assignment, Delegation, action
from tulou.kernel.permissions.registry import all_roles, role_name
from tulou.kernel.ui.filters import ChoiceFilter, RegisterFilters
from tulou.kernel.ui.forms import FormPage, IdempotentForm
from tulou.kernel.ui.pages import Crumb, Fact, ObjectPage
from tulou.kernel.ui.registers import Button, Empty, RegisterView
from tulou.kernel.ui.tables import (
    CodeColumn,
    DayColumn,
    FlagColumn,
    MomentColumn,
    PartyColumn,
    RegisterTable,
    TextColumn,
)


class AccountTable(RegisterTable):
    """Accounts."""

    primary = "label"
    label = TextColumn(verbose_name="账号名称", linkify=lambda record: reverse("directory:account", args=[record.pk]))
    login = CodeColumn(verbose_name="登录名")
    is_active = FlagColumn(verbose_name="启用")
    has_totp = FlagColumn(verbose_name="动态口令", orderable=False)
    must_change_password = FlagColumn(verbose_name="须先改口令")
    created_at = MomentColumn(verbose_name="开立时间")


class AccountFilters(RegisterFilters):
    """Active, and by role held today."""

    state = ChoiceFilter(label="状态", choices=[("on", "启用"), ("off", "停用")], method="by_state")
    role = ChoiceFilter(label="持有角色", method="by_role")

    class Meta:
        model = Account
        fields: ClassVar = ["state", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["role"].extra["choices"] = [(role.code, role.name) for role in all_roles()]

    def by_state(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Enabled or not."""
        return rows.filter(is_active=value == "on")

    def by_role(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Holders of a role today."""
        return rows.filter(party__in=Assignment.objects.in_force(today()).filter(role=value).values("person"))


@action("identity.manage")
class Accounts(RegisterView):
    """账号台账."""

    code, title = "directory.accounts", "账号"
    lead = "账号按岗位命名；开立账号后再分配角色。"
    table_class, filterset_class = AccountTable, AccountFilters
    search_fields = ("label", "login")
    search_hint = "输入账号名称或登录名"
    empty = Empty("还没有账号", "开立第一个账号并分配角色。", "users")

    def queryset(self) -> QuerySet[Account]:
        """Every account."""
        return Account.objects.order_by("login")

    def buttons(self) -> list[Button]:
        """Open one."""
        return [Button("开立账号", reverse("directory:new-account"), "plus", "primary", action="identity.manage")]


class AssignmentTable(RegisterTable):
    """Who holds which role where."""

    primary = "person"
    person = PartyColumn(verbose_name="账号", accessor="person_id")
    role = TextColumn(verbose_name="角色")
    organisation = PartyColumn(verbose_name="机构", accessor="organisation_id")
    valid_from = DayColumn(verbose_name="起始日期")
    valid_to = DayColumn(verbose_name="截止日期")
    ended_at = MomentColumn(verbose_name="终止时间")

    def render_role(self, value: str) -> str:
        """The role's name."""
        return role_name(value)


class AssignmentFilters(RegisterFilters):
    """By role, by agency, in force or not."""

    role = ChoiceFilter(label="角色")
    organisation = ChoiceFilter(label="机构", field_name="organisation_id")
    state = ChoiceFilter(label="状态", choices=[("now", "有效"), ("past", "已终止或到期")], method="by_state")

    class Meta:
        model = Assignment
        fields: ClassVar = ["role", "organisation", "state"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["role"].extra["choices"] = [(role.code, role.name) for role in all_roles()]
        held = Assignment.objects.values("organisation")
        places = Agency.objects.filter(pk__in=held).values_list("pk", "name")
        self.filters["organisation"].extra["choices"] = [(str(pk), name) for pk, name in places]

    def by_state(self, rows: QuerySet[Assignment], name: str, value: str) -> QuerySet[Assignment]:
        """In force today, or not any more."""
        live = Assignment.objects.in_force(today())
        return rows.filter(pk__in=live) if value == "now" else rows.exclude(pk__in=live)


@action("permissions.assign")
class Assignments(RegisterView):
    """角色台账."""

    code, title = "directory.assignments", "角色分配"
    lead = "谁在哪个机构持有什么角色、从何时到何时；分配和终止均留痕。"
    table_class, filterset_class = AssignmentTable, AssignmentFilters
    search_fields = ("person__account__label", "person__account__login")
    search_hint = "输入账号名称"

    def queryset(self) -> QuerySet[Assignment]:
        """Every assignment, the newest first."""
        return Assignment.objects.order_by("-created_at")


def account_or_404(pk: Any) -> Account:
    """The account."""
    found = Account.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@action("identity.manage")
class AccountPage(ObjectPage):
    """账号: its state, roles and desks, and what the administrator can do."""

    slot = "directory.account"
    template_name = "directory/account.html"

    def get_object(self) -> Account:
        """Any account."""
        return account_or_404(self.kwargs["pk"])

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("账号", reverse("directory:accounts")),)

    def facts(self) -> Sequence[Fact]:
        """State of the account."""
        account = self.object
        return (
            Fact("登录名", account.login),
            Fact("状态", "启用" if account.is_active else "停用"),
            Fact("动态口令", "已启用" if account.has_totp else "未启用"),
            Fact("须先修改口令", "是" if account.must_change_password else "否"),
            Fact("开立时间", f"{account.created_at:%Y年%m月%d日}"),
        )

    def extra(self) -> dict[str, Any]:
        """Roles held and desks kept or given."""
        person = self.object.party_id
        rows = list(Assignment.objects.filter(person=person).order_by("ended_at", "-valid_from"))
        desks = list(Delegation.objects.filter(Q(giver=person) | Q(keeper=person)).order_by("-valid_from"))
        parties = (
            {row.organisation_id for row in rows}
            | {desk.organisation_id for desk in desks}
            | {p for d in desks for p in (d.giver_id, d.keeper_id)}
        )
        names = party_names(parties)
        now = today()
        return {
            "roles": [(row, role_name(row.role), names[row.organisation_id], _live(row, now)) for row in rows],
            "desks": [(d, role_name(d.role), names[d.giver_id], names[d.keeper_id]) for d in desks],
            "is_self": person == self.actor.person,
        }


def _live(row: Assignment, day: Any) -> bool:
    return row.ended_at is None and row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)


class OfAccount(FormPage):
    """A form about one account."""

    def prepare(self) -> None:
        """The account that the address names."""
        self.account = account_or_404(self.kwargs["pk"])

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the account."""
        return (Crumb("账号", reverse("directory:accounts")), Crumb(self.account.label, self.cancel_url))

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Whose."""
        return f"{self.account.label}（{self.account.login}）"

    @property
    def cancel_url(self) -> str:
        """Back to the account."""
        return reverse("directory:account", args=[self.account.pk])


@action("identity.manage")
class NewAccount(FormPage):
    """开立账号."""

    title = "开立账号"
    lead = "账号属于一个人；按岗位命名，不写姓名。开立后分配角色才能办理业务。"
    form_class = AccountForm
    submit_label = "开立账号"
    success = "账号已开立，请分配角色"

    def crumbs(self) -> tuple[Crumb, ...]:
        """Below the register."""
        return (Crumb("账号", reverse("directory:accounts")),)

    @property
    def cancel_url(self) -> str:
        """Back to the register."""
        return reverse("directory:accounts")

    def perform(self, form: Any, *, draft: bool) -> str:
        """Open it and lead to its page."""
        account = create_account(**form.facts(), actor=self.actor)
        return reverse("directory:account", args=[account.pk])


@action("permissions.assign")
class AssignRole(OfAccount):
    """分配角色."""

    title = "分配角色"
    form_class = AssignForm
    submit_label = "分配"
    success = "角色已分配"

    def perform(self, form: Any, *, draft: bool) -> str:
        """Assign; a conflict of duties comes back beside the role."""
        facts = form.facts()
        if facts["valid_to"] and facts["valid_to"] < facts["valid_from"]:
            raise ValidationError({"valid_to": "截止日期不得早于起始日期"})
        organisation: Agency = facts.pop("organisation")
        assign(self.account.party_id, facts.pop("role"), organisation.pk, actor=self.actor, **facts)
        return self.cancel_url


@action("identity.manage")
class ResetPassword(OfAccount):
    """重置口令."""

    title = "重置口令"
    form_class = PasswordForm
    submit_label = "重置"
    success = "口令已重置，请通过可靠途径告知本人"

    def perform(self, form: Any, *, draft: bool) -> str:
        """A new first password."""
        reset_password(self.account, form.facts()["new"], actor=self.actor)
        return self.cancel_url


class ConfirmForm(IdempotentForm):
    """Nothing to fill in but the click."""


@action("identity.manage")
class SwitchAccount(OfAccount):
    """启用 or 停用."""

    form_class = ConfirmForm

    @property
    def title(self) -> str:  # type: ignore[override]
        """Which way."""
        return "停用账号" if self.account.is_active else "启用账号"

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        """The button says what it does."""
        return f"确认{self.title}"

    success = "账号状态已更改"

    def perform(self, form: Any, *, draft: bool) -> str:
        """Switch."""
        set_active(self.account, not self.account.is_active, actor=self.actor)
        return self.cancel_url


@action("permissions.assign")
class EndAssignment(View):
    """终止角色, by a confirmed click on the account's page."""

    def post(self, request: HttpRequest, pk: Any, assignment: Any) -> HttpResponse:
        """End it and lead back."""
        account = account_or_404(pk)
        row = Assignment.objects.filter(pk=assignment, person=account.party_id).first()
        if row is None:
            raise Http404
        end_assignment(row, actor=actor_of(request))
        messages.success(request, f"已终止角色：{role_name(row.role)}")
        return HttpResponseRedirect(reverse("directory:account", args=[account.pk]))
