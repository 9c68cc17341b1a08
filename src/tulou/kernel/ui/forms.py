"""表单: a page with fields, help in place, errors beside the field and in a linked summary, and one use per token.

`FormPage` calls a room's service in one transaction with the token's use; a refusal by the service comes back as
errors of the form, with what the person typed kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views import View

from tulou.kernel.identity import Actor, actor_of
from tulou.kernel.ui import once
from tulou.kernel.ui.pages import Crumb
from tulou.kernel.workflow import MoveRefused


@dataclass(frozen=True)
class Section:
    """Fields that belong together, under a heading."""

    title: str
    names: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True)
class DrawnSection:
    """A section with its bound fields."""

    title: str
    lead: str
    fields: list[BoundField]


class Sectioned(forms.BaseForm):
    """A form whose fields may be grouped; fields in no section come last under 其他."""

    sections: ClassVar[Sequence[Section]] = ()

    def drawn_sections(self) -> list[DrawnSection]:
        """Sections as the page draws them."""
        drawn = [DrawnSection(s.title, s.lead, self._visible(s.names)) for s in self.sections]
        placed = {name for section in self.sections for name in section.names}
        rest = self._visible([name for name in self.fields if name not in placed])
        return [*(section for section in drawn if section.fields), *([DrawnSection("其他", "", rest)] if rest else [])]

    def _visible(self, names: Sequence[str]) -> list[BoundField]:
        return [self[name] for name in names if name in self.fields and not self[name].is_hidden]


def _missing(field: forms.Field) -> str:
    """What to do about an empty field."""
    if isinstance(field, forms.BooleanField):
        return "请阅读后勾选"
    if isinstance(field, forms.FileField):
        return "请选择文件"
    return "请选择" if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else "请填写"


class PageForm(Sectioned, forms.Form):
    """A form that may be sent again without harm, such as a search."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _missing(field)


class IdempotentForm(PageForm):
    """A form that starts a command: its token is used once."""

    once = forms.UUIDField(
        widget=forms.HiddenInput, initial=once.new_token, error_messages={"required": "页面已过期，请刷新后重新提交"}
    )

    def facts(self) -> dict[str, Any]:
        """What was filled in, without the token: arguments for a service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


class FormPage(View):
    """A page with one form. Subclass, name the parts, write `perform`, decorate with its permission."""

    title: ClassVar[str]
    lead: ClassVar[str] = ""
    form_class: ClassVar[type[IdempotentForm]]
    submit_label: ClassVar[str] = "提交"
    drafts: ClassVar[bool] = False
    success: ClassVar[str] = "已提交"
    template_name: ClassVar[str] = "ui/form.html"

    # What a room overrides

    def perform(self, form: Any, *, draft: bool) -> str:
        """Call the service with `form.facts()` and return the address to go to."""
        raise NotImplementedError(f"{type(self).__name__} must say what submitting does")

    def form_kwargs(self) -> dict[str, Any]:
        """Further arguments of the form, such as `initial`."""
        return {}

    def prepare(self) -> None:
        """Fetch the object that the form is about, or raise Http404 or Forbidden."""

    def crumbs(self) -> Sequence[Crumb]:
        """Where the page stands."""
        return ()

    @property
    def cancel_url(self) -> str:
        """Where 取消 leads; empty leaves it out."""
        return ""

    def extra(self) -> dict[str, Any]:
        """Further context for a room's own template."""
        return {}

    # Requests

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The empty form."""
        self.prepare()
        return self._show(self.form_class(**self.form_kwargs()), status=200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check, perform once, lead on; 422 with the errors otherwise."""
        self.prepare()
        form = self.form_class(request.POST, request.FILES, **self.form_kwargs())
        draft = self.drafts and "_draft" in request.POST
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            address, fresh = self._perform_once(form, draft)
        except (ValidationError, MoveRefused) as refusal:
            refuse(form, refusal)
            return self._show(form, status=422)
        if fresh and self.success:
            messages.success(request, "草稿已保存" if draft else self.success)
        elif not fresh:
            messages.info(request, "该表单已经提交过，没有重复办理")
        return HttpResponseRedirect(address)

    @property
    def actor(self) -> Actor:
        """Who fills the form in."""
        return actor_of(self.request)

    @transaction.atomic
    def _perform_once(self, form: IdempotentForm, draft: bool) -> tuple[str, bool]:
        token = form.cleaned_data["once"]
        earlier = once.claim(token, self.actor)
        if earlier is not None:
            return earlier or self.request.path, False
        address = self.perform(form, draft=draft)
        once.conclude(token, self.actor, address)
        return address, True

    def _show(self, form: IdempotentForm, *, status: int) -> HttpResponse:
        context = {"page": self, "form": form, "crumbs": self.crumbs(), **self.extra()}
        return render(self.request, self.template_name, context, status=status)


def refuse(form: forms.BaseForm, refusal: ValidationError | MoveRefused) -> None:
    """Put a service's refusal beside the fields it names; what names no field of this form goes on top."""
    if isinstance(refusal, MoveRefused):
        form.add_error(None, str(refusal))
        return
    named: Mapping[str, list[ValidationError]] = (
        refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
    )
    for name, errors in named.items():
        form.add_error(name if name in form.fields else None, ValidationError(errors))
