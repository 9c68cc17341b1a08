"""System checks: every stateful model has a flow and a manager that guards its status."""

from collections.abc import Sequence

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

from tulou.kernel.workflow.models import Stateful, StatefulQuerySet
from tulou.kernel.workflow.registry import all_flows, flow_of


@register
def guarded_models(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """A model without a flow could never be saved; a plain manager would let anybody write a status."""
    faults: list[CheckMessage] = []
    for model in apps.get_models():
        if not issubclass(model, Stateful):
            continue
        if flow_of(model._meta.label_lower) is None:
            faults.append(Error(f"{model._meta.label} 没有流程：请在本领域的 workflow.py 中定义", id="workflow.E001"))
        for manager in model._meta.managers:
            if not isinstance(manager.get_queryset(), StatefulQuerySet):
                hint = f"{model._meta.label}.{manager.name} 须建立在 StatefulQuerySet 之上"
                faults.append(Error(hint, id="workflow.E002"))
    known = {model._meta.label_lower for model in apps.get_models()}
    faults += [
        Error(f"流程 {f.name} 的模型不存在", id="workflow.E003") for f in all_flows() if f.model_label not in known
    ]
    return faults
