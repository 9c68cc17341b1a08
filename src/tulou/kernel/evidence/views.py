"""What any outsider may fetch to check this node's log: its head, its tiles, its public keys and the verifier.

None of it tells what was done: tiles hold hashes only.
"""

from importlib.resources import files

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tulou.kernel.evidence import log, tree
from tulou.kernel.permissions import public_page
from tulou.trust.tiles import HASH_SIZE, WIDTH

FOREVER = "public, max-age=31536000, immutable"


@require_safe
@public_page
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed head of the tree."""
    head = tree.head()
    if head is None:
        raise Http404("存证日志还是空的")
    return _fresh(HttpResponse(head.token, content_type="text/plain; charset=ascii"))


@require_safe
@public_page
def tile(request: HttpRequest, level: int, index: int) -> HttpResponse:
    """One tile; a full one never changes."""
    if level > 8 or index >= 1 << 62:
        raise Http404("没有这个树块")
    data = tree.DatabaseTiles().read(level, index)
    if data is None:
        raise Http404("没有这个树块")
    response = HttpResponse(data, content_type="application/octet-stream")
    if len(data) == WIDTH * HASH_SIZE:
        response["Cache-Control"] = FOREVER
        return response
    return _fresh(response)


@require_safe
@public_page
def keys(request: HttpRequest) -> HttpResponse:
    """The public halves of the node's keys, revoked ones marked."""
    listed = JsonResponse({"keys": log.keys().public_list()}, json_dumps_params={"ensure_ascii": False})
    return _fresh(listed)


@require_safe
@public_page
def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier: one Python file that needs nothing but Python."""
    source = files("tulou.trust").joinpath("verifier.py").read_bytes()
    response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tulou-verifier.py"'
    return response


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    return response
