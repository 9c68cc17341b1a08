"""The composition root as an app: it brings the node's own commands, tells the portal what only the node knows, and
has no table.
"""

from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.conf import settings


class NodeConfig(AppConfig):
    name = "tulou.node"
    label = "node"
    verbose_name = "节点"

    def ready(self) -> None:
        """How the node is; in sample mode, who its accounts are."""
        if not apps.is_installed("tulou.portal"):
            return
        from tulou.node import telling

        telling.tell_health()
        if settings.SAMPLE and find_spec("tulou.node.sample"):
            telling.tell_sample_accounts()
