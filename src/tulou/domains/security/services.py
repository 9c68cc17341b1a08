"""Commands of the security room: take a bundle of evidence out. Taking it out is evidence itself."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.security.policies import view_of
from tulou.domains.security.targets import Target
from tulou.domains.security.timeline import traces_of
from tulou.kernel.evidence import bundle_for, record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import Forbidden

EXPORT = "security.bundle.export"


def export_trace(target: Target, *, actor: Actor) -> bytes:
    """The leaves that the viewer's trace shows, as a bundle that is checked offline.

    Raises:
        Forbidden: the viewer may not trace it.
        ValidationError: there is nothing to export, or a leaf is not sealed yet.
    """
    view = view_of(actor, target)
    if view is None:
        raise Forbidden(actor, "security.trace", organisation=target.provider)
    leaves = traces_of(target, view).ids
    return export(leaves, f"{target.kind}追溯：{target.title}", [f"{target.noun}:{target.id}"], actor=actor)


@transaction.atomic
def export(leaves: Sequence[UUID], title: str, subjects: Sequence[str], *, actor: Actor) -> bytes:
    """Build the bundle and record who took which leaves, by count and digest.

    Raises:
        ValidationError: there is nothing to export, or a leaf is not sealed yet.
    """
    if not leaves:
        raise ValidationError("没有可以导出的留痕")
    bundle = bundle_for(leaves, title)
    told = {"leaves": len(leaves), "sha256": hashlib.sha256(bundle).hexdigest()}
    record(EXPORT, actor=actor, subjects=subjects, data=told)
    return bundle
