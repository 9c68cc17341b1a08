"""共享授权: what was agreed, how to take it, what was taken, and what its receiver must observe."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse

from tulou.domains.access import public as access
from tulou.domains.catalog import public as catalog
from tulou.domains.sharing import masking, queries
from tulou.domains.sharing.models import Grant, GrantStatus, ItemStatus
from tulou.domains.sharing.views.request import Waiting, rows_in_words, waiting_of
from tulou.domains.sharing.workflow import GRANT
from tulou.kernel.permissions import action, may
from tulou.kernel.ui import figures
from tulou.kernel.ui.pages import Crumb, Fact, MoveLink, ObjectPage
from tulou.kernel.workflow import clocks_of


@action("sharing.view")
class GrantPage(ObjectPage):
    """One grant, for its consumer and its provider."""

    slot = "sharing.grant"
    flow = GRANT
    template_name = "sharing/grant.html"
    move_icons = {"suspend": "player-pause", "resume": "player-play", "revoke": "ban"}

    def get_object(self) -> Grant | None:
        """Scoped to the viewer."""
        return queries.grants(self.actor).filter(pk=self.kwargs["pk"]).first()

    @property
    def title(self) -> str:
        """The entry's name."""
        return f"“{self.object.entry.name}”共享授权"

    @property
    def code_text(self) -> str:
        """The request's number."""
        return str(self.object.request.number)

    def crumbs(self) -> Sequence[Crumb]:
        """Below the register."""
        return (Crumb("共享授权", reverse("sharing:grants")),)

    def move_url(self, move: str) -> str:
        """The platform's own moves have no page."""
        return super().move_url(move) if move in ("suspend", "resume", "revoke") else ""

    @cached_property
    def is_ours(self) -> bool:
        """Whether the viewer acts for the consumer."""
        return self.object.consumer_id in queries.own_ids(self.actor)

    def moves(self) -> list[MoveLink]:
        """And for the consumer the renewal, which is a new request."""
        links = super().moves()
        lasting = self.object.status in (GrantStatus.IN_USE, GrantStatus.SUSPENDED, GrantStatus.EXPIRED)
        if self.is_ours and lasting and may(self.actor, "sharing.request") and catalog.published(self.object.entry_id):
            address = f"{reverse('sharing:ask', args=[self.object.entry_id])}?renew={self.object.pk}"
            links.append(MoveLink("申请续期", address, "refresh"))
        return links

    def facts(self) -> Sequence[Fact]:
        """What was agreed."""
        grant: Grant = self.object
        row = grant.request
        return (
            Fact("目录", grant.entry.name, url=reverse("catalog:entry", args=[grant.entry_id])),
            Fact("提供方", grant.provider.name),
            Fact("使用方", grant.consumer.name),
            Fact("申请", row.number, url=reverse("sharing:request", args=[row.pk])),
            Fact("使用场景", row.scenario),
            Fact("使用用途", row.purpose),
            Fact("数据范围", rows_in_words(row)),
            Fact("使用期限", f"{figures.day(grant.valid_from)} 至 {figures.day(grant.valid_to)}（含当日）"),
        )

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The delivery's clock."""
        return [waiting_of(clock) for clock in clocks_of(self.object) if clock.is_open]

    def extra(self) -> dict[str, Any]:
        """Items, use and duties."""
        grant: Grant = self.object
        items = list(grant.request.items.filter(status=ItemStatus.GRANTED))
        return {
            "items": [(item, masking.words(masking.of(item.mask))) for item in items],
            "use": access.use_panel(self.request, grant.right),
            "waiting": self.waiting,
            "retired": not catalog.published(grant.entry_id),
            "is_ours": self.is_ours,
            "disposal": grant.request.disposal,
        }
