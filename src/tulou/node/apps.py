"""The composition root as an app: it brings the node's own commands, and no table."""

from django.apps import AppConfig


class NodeConfig(AppConfig):
    name = "tulou.node"
    label = "node"
    verbose_name = "节点"
