"""Small answers that the shell itself asks for."""

from django.http import HttpRequest, HttpResponse

from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import signed_in
from tulou.kernel.ui.todos import todo_count


@signed_in
def todo_badge(request: HttpRequest) -> HttpResponse:
    """The figure beside the bell; nothing when nothing waits."""
    count = todo_count(actor_of(request))
    text = "" if not count else f'{min(count, 999)}<span class="visually-hidden">项待办</span>'
    response = HttpResponse(text)
    response["Cache-Control"] = "no-store"
    return response
