"""What aggregation brings to the shell: actions, menus, tones, to-dos and its places on an entry's page."""

from tulou.domains.catalog.public import SLOT_ACTIONS, SLOT_BADGES, SLOT_PANELS
from tulou.domains.directory.public import roles
from tulou.domains.ingest import panels, todos
from tulou.kernel.permissions import extend_role, register_action
from tulou.kernel.ui.menus import MenuEntry, register_menu
from tulou.kernel.ui.slots import fill
from tulou.kernel.ui.tones import register_tones

GROUP = "数据汇聚"

register_action("ingest.load", "汇聚本机构数据", by_system=True)
register_action("ingest.read", "查看汇聚批次和回执")
extend_role(roles.DATA_MANAGER, "ingest.load", "ingest.read")
for role in (roles.OPERATOR, roles.CATALOG_REVIEWER, roles.QUALITY_OFFICER, roles.AUDITOR, roles.OFFICE_APPROVER):
    extend_role(role, "ingest.read")

register_tones({"registered": "info", "landed": "success"})
register_menu(MenuEntry("ingest.start", "汇聚数据", "ingest:start", "ingest.load", GROUP, 30, "database-import"))
register_menu(MenuEntry("ingest.batches", "汇聚批次", "ingest:register", "ingest.read", GROUP, 31, "list-details"))
register_menu(MenuEntry("ingest.sources", "数据来源", "ingest:sources", "ingest.load", GROUP, 32, "database"))
fill(SLOT_BADGES, 10, "数据新鲜度", panels.freshness_badge)
fill(SLOT_PANELS, 20, "数据汇聚", panels.batches_panel)
fill(SLOT_ACTIONS, 10, "汇聚数据", panels.load_action)
todos.register()
