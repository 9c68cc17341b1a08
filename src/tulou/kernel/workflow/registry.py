"""All flows of this node, by name and by model."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from tulou.kernel.workflow.flow import Flow

_flows: dict[str, "Flow[Any]"] = {}


def register(flow: "Flow[Any]") -> None:
    """Make a flow known; one for each name and each model."""
    known = _flows.get(flow.name)
    if known is not None and known is not flow:
        raise ImproperlyConfigured(f"流程 {flow.name} 重复登记，请换一个名称")
    for other in _flows.values():
        if other.model_label == flow.model_label:
            raise ImproperlyConfigured(f"{flow.model_label} 已由流程 {other.name} 管理，一个模型只能有一个流程")
    _flows[flow.name] = flow


def forget(flow: "Flow[Any]") -> None:
    """Take a flow off the list; for flows that exist only for a while."""
    _flows.pop(flow.name, None)


def all_flows() -> list["Flow[Any]"]:
    """Every flow, by name."""
    return [_flows[name] for name in sorted(_flows)]


def flow_of(model_label: str) -> "Flow[Any] | None":
    """The flow that writes the status of a model (`app.model`, lower case)."""
    return next((flow for flow in _flows.values() if flow.model_label == model_label), None)
