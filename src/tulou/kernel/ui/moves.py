"""办理页: the page on which one move of a flow is made, with an opinion and whatever else the room asks."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property

from tulou.kernel.permissions import Forbidden
from tulou.kernel.ui.forms import FormPage, IdempotentForm
from tulou.kernel.workflow import Flow


class MoveForm(IdempotentForm):
    """An opinion, and the revision that the page showed: somebody else's move in between is noticed."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="办理意见",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写入办理过程，申请方与承办方都能看到",
    )


class MovePage(FormPage):
    """Subclass, name flow and move (or give the move to `as_view`), say which object, call the service in `make`."""

    flow: ClassVar[Flow[Any]]
    move: str = ""
    form_class: ClassVar[type[IdempotentForm]] = MoveForm

    # What a room overrides

    def get_object(self) -> Any:
        """The object, scoped to the viewer; None when the viewer may not know of it."""
        raise NotImplementedError(f"{type(self).__name__} must say which object it moves")

    def make(self, obj: Any, **facts: Any) -> object:
        """Call the room's service with what the form says, `note` and `revision` among it."""
        raise NotImplementedError(f"{type(self).__name__} must call a service")

    def object_url(self) -> str:
        """The object's own page: one step up, unless said otherwise."""
        return self.request.path.rstrip("/").rsplit("/", 1)[0] + "/"

    # The page

    @cached_property
    def object(self) -> Any:
        """The object that is moved."""
        found = self.get_object()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; from a state where the move does not start there is nothing to fill in."""
        if self.object.status not in self.flow.moves[self.move].sources:
            state = self.flow.state_label(self.object.status)
            messages.warning(request, f"该事项现在是“{state}”，不能办理“{self.title}”，下方是最新情况")
            return HttpResponseRedirect(self.object_url())
        return super().get(request, *args, **kwargs)

    def prepare(self) -> None:
        """Opening the page is refused to those who could not make the move in any state it starts from."""
        rule = self.flow.moves[self.move]
        if not rule.may(self.object, self.actor):
            raise Forbidden(self.actor, f"{self.flow.name}.{self.move}", name=rule.title)

    @property
    def title(self) -> str:  # type: ignore[override]
        """The move's own name."""
        return self.flow.moves[self.move].title

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What it is done to."""
        return str(self.object)

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        """The button says what it does."""
        return f"确认{self.title}"

    @property
    def success(self) -> str:  # type: ignore[override]
        """A word afterwards."""
        return f"已办理：{self.title}"

    @property
    def cancel_url(self) -> str:
        """Back to the object."""
        return self.object_url()

    def form_kwargs(self) -> dict[str, Any]:
        """The revision that this page shows."""
        return {"initial": {"revision": self.object.revision}}

    def perform(self, form: Any, *, draft: bool) -> str:
        """Make the move and lead back to the object."""
        self.make(self.object, **form.facts())
        return self.object_url()
