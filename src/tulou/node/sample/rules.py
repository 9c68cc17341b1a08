"""The quality rules of the sample entries, bound as their data managers would."""

from tulou.domains.quality.public import bind_rules
from tulou.node.sample import holdings, reader
from tulou.node.sample.people import holder


def bind(spec: reader.EntrySpec) -> None:
    """Bind an entry's rules; those that are bound already stay as they are."""
    entry = holdings.entry_of(spec)
    if entry is None:
        raise LookupError(f"样例目录“{spec.name}”尚未发布")
    bind_rules(entry.id, spec.rule, actor=holder("data_manager", spec.provider))
