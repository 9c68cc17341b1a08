"""Rules into one pass (规则编译): one SELECT types every column and names every broken rule of every row.

Promise: a row is read once, whatever the number of rules. Breaches are bits
of one word a row; names and Chinese reasons are looked up only for the few
rows that broke something. (Uniqueness reads its key columns once more, or
holds the batch in a window where the relation can be read only once.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tulou.plane.rules.kinds import RULE_KINDS, Check, Place, Scene
from tulou.plane.rules.rule import DIMENSIONS, Rule, RuleProblem, quoted, text_literal
from tulou.plane.rules.typed import type_of, typed_sql
from tulou.plane.tables import TableSchema

_BITS = 60
_CHINA = ZoneInfo("Asia/Shanghai")


def compile_rules(rules: Sequence[Rule], schema: TableSchema, *, today: date | None = None) -> "CompiledRules":
    """Check every rule against the schema and prepare the pass.

    Raises:
        RuleProblem: a rule names a column that is not there, has a wrong parameter, or cannot be computed.
    """
    day = today or datetime.now(_CHINA).date()
    seen: set[str] = set()
    for rule in rules:
        _examine(rule, schema, seen)
    return CompiledRules(
        tuple(rules),
        schema,
        text_checks=tuple(_check(rule, n, schema, day, typed=False) for n, rule in enumerate(rules)),
        typed_checks=tuple(_check(rule, n, schema, day, typed=True) for n, rule in enumerate(rules)),
    )


def _examine(rule: Rule, schema: TableSchema, seen: set[str]) -> None:
    if not rule.id or rule.id in seen:
        raise RuleProblem(rule, "编号", f"规则编号“{rule.id}”为空或重复")
    seen.add(rule.id)
    kind = RULE_KINDS.get(rule.kind)
    if kind is None:
        raise RuleProblem(rule, "种类", f"没有“{rule.kind}”这种规则，可用：{'、'.join(RULE_KINDS)}")
    fewest, most = kind.columns
    if not fewest <= len(rule.columns) <= most:
        wanted = f"{fewest}列" if fewest == most else f"{fewest}至{most}列"
        raise RuleProblem(rule, "列", f"“{kind.title}”规则需要{wanted}，现有{len(rule.columns)}列")
    for name in rule.columns:
        if name not in schema.names:
            raise RuleProblem(rule, f"列 {name}", "表中没有这一列")
    for name in rule.params:
        if name not in kind.params:
            raise RuleProblem(
                rule, f"参数 {name}", f"“{kind.title}”规则没有这个参数，可用：{'、'.join(kind.params) or '无'}"
            )
    if rule.severity not in {"block", "warn"} or rule.dimension not in DIMENSIONS or rule.weight < 0:
        raise RuleProblem(rule, "严重程度、维度或权重", "应为 block 或 warn、GB/T 36344 的六个维度之一、不小于零的权重")


def _places(schema: TableSchema) -> dict[str, Place]:
    return {
        column.name: Place(column.name, f"r{n}", f"t{n}", type_of(column.type), column.label or column.name)
        for n, column in enumerate(schema.columns)
    }


def _check(rule: Rule, number: int, schema: TableSchema, today: date, *, typed: bool) -> Check:
    every = _places(schema)
    scene = Scene(rule, tuple(every[name] for name in rule.columns), every, f"c{number}", today, typed)
    return RULE_KINDS[rule.kind].compile(scene)


@dataclass(frozen=True)
class CompiledRules:
    """The pass. Use `select_sql` for all rows, `failing_sql` for broken ones, `tally_sql` for counts alone."""

    rules: tuple[Rule, ...]
    schema: TableSchema
    text_checks: tuple[Check, ...]
    typed_checks: tuple[Check, ...]

    def select_sql(
        self, relation: str, *, typed: bool = False, row: str = "_row", once: bool = False, raw: bool = False
    ) -> str:
        """Every row: `row` as `_row`, the columns typed, `_broken`, `_warned` (rule ids) and `_reasons` (Chinese).

        `relation` is SQL of ours (a quoted name or a parenthesised query) whose
        business columns are text, or already typed when `typed` is said. `once`
        says that it is a stream. `raw` adds `_raw`: the row as it came, as JSON
        under its labels, where a blocking rule is broken.
        """
        masked = self._masked(relation, typed, row, once)
        return f"SELECT {self._outcome(typed)}{self._raw() if raw else ''} FROM ({masked})"

    def failing_sql(self, relation: str, *, typed: bool = False, row: str = "_row") -> str:
        """As `select_sql`, but only rows that broke a rule, warnings included."""
        broken = " OR ".join(f"{word} <> 0" for word in self._words()) or "false"
        return f"{self.select_sql(relation, typed=typed, row=row)} WHERE {broken}"

    def tally_sql(self, relation: str, *, typed: bool = False, row: str = "_row") -> str:
        """One row: `_rows`, `_passed` (no blocking rule broken) and `_by_rule`, breaches in the order of `rules`."""
        blocked = self._any("block")
        counts = ", ".join(f"count_if({self._bit(n)})" for n in range(len(self.rules)))
        head = f"count(*) AS _rows, count_if(NOT ({blocked})) AS _passed, [{counts}]::BIGINT[] AS _by_rule"
        return f"SELECT {head} FROM ({self._masked(relation, typed, row, False)})"

    def counts_sql(self, checked: str) -> str:
        """Breaches by rule of a relation that `select_sql` or `failing_sql` made: `rule`, `broken`."""
        lists = "unnest(list_concat(_broken, _warned))"
        return f"SELECT rule, count(*) AS broken FROM (SELECT {lists} AS rule FROM {checked}) GROUP BY rule"

    def message(self, rule_id: str) -> str:
        """The general message of a rule; rows carry more exact ones in `_reasons`."""
        number = next(n for n, rule in enumerate(self.rules) if rule.id == rule_id)
        return self.rules[number].message or self.text_checks[number].message

    def _words(self) -> list[str]:
        return [f"_m{n}" for n in range((len(self.rules) + _BITS - 1) // _BITS)]

    def _bit(self, number: int) -> str:
        return f"(_m{number // _BITS} & {1 << number % _BITS}) <> 0"

    def _any(self, severity: str) -> str:
        masks = [0] * len(self._words())
        for n, rule in enumerate(self.rules):
            if rule.severity == severity:
                masks[n // _BITS] |= 1 << n % _BITS
        return " OR ".join(f"(_m{n} & {mask}) <> 0" for n, mask in enumerate(masks) if mask) or "false"

    def _outcome(self, typed: bool) -> str:
        places = _places(self.schema)
        columns = [f"{place.typed} AS {quoted(name)}" for name, place in places.items()]
        ids = [text_literal(rule.id) for rule in self.rules]
        reasons = [self._reason(n, typed) for n in range(len(self.rules))]
        return ", ".join([
            "_row",
            *columns,
            f"{self._named(ids, 'block')} AS _broken",
            f"{self._named(ids, 'warn')} AS _warned",
            f"{self._named(reasons, None)} AS _reasons",
        ])  # fmt: skip

    def _raw(self) -> str:
        pairs = ", ".join(f"{text_literal(p.label)}, {p.text}" for p in _places(self.schema).values())
        return f", CASE WHEN {self._any('block')} THEN CAST(json_object({pairs}) AS VARCHAR) END AS _raw"

    def _named(self, words: list[str], severity: str | None) -> str:
        """A list with a word for each broken rule, built only for rows that need one."""
        picked = [n for n, rule in enumerate(self.rules) if severity in {None, rule.severity}]
        if not picked:
            return "[]::VARCHAR[]"
        items = ", ".join(f"CASE WHEN {self._bit(n)} THEN {words[n]} END" for n in picked)
        some = self._any(severity) if severity else " OR ".join(f"{word} <> 0" for word in self._words())
        return f"CASE WHEN {some} THEN list_filter([{items}], lambda w: w IS NOT NULL) ELSE []::VARCHAR[] END"

    def _reason(self, number: int, typed: bool) -> str:
        rule, check = self.rules[number], (self.typed_checks if typed else self.text_checks)[number]
        if rule.message:
            return text_literal(rule.message)
        cases = " ".join(f"WHEN {when} THEN {text_literal(words)}" for when, words in check.cases)
        return f"CASE {cases} ELSE {text_literal(check.message)} END" if cases else text_literal(check.message)

    def _masked(self, relation: str, typed: bool, row: str, once: bool) -> str:
        checks = self.typed_checks if typed else self.text_checks
        source = self._staged(relation, checks, typed, row)
        joins, breaches = [], []
        for n, check in enumerate(checks):
            breaches.append(self._doubled(n) if check.unique else check.broken)
            if check.unique and once:
                source = f"SELECT *, {self._doubles_in_window(check, n)} FROM ({source})"
            elif check.unique:
                joins.append(self._doubles(relation, check, n, typed, row))
        words = []
        for n, word in enumerate(self._words()):
            bits = [
                f"CASE WHEN {breach} THEN {1 << at}::BIGINT ELSE 0 END"
                for at, breach in enumerate(breaches[n * _BITS : (n + 1) * _BITS])
            ]
            words.append(f"({' | '.join(bits)}) AS {word}")
        return f"SELECT s.*{''.join(', ' + word for word in words)} FROM ({source}) s {' '.join(joins)}"

    def _doubled(self, number: int) -> str:
        """Whether a row's key occurs again: any such row, or all but the first."""
        first = f"f{number}"
        keep_none = self.rules[number].params.get("keep", "first") == "none"
        return f"{first} IS NOT NULL" if keep_none else f"s._row <> {first}"

    def _staged(self, relation: str, checks: tuple[Check, ...], typed: bool, row: str) -> str:
        places = _places(self.schema)
        source = f"SELECT {quoted(row)} AS _row, {self._base(places, list(places), typed)} FROM {relation}"
        stages = [stage for check in checks for stage in check.stages]
        for level in range(1 + max((stage.level for stage in stages), default=0)):
            made = [f"{stage.sql} AS {stage.name}" for stage in stages if stage.level == level]
            if level == 0 and not typed:
                made.append(self._typing(places, list(places)))
            source = f"SELECT *, {', '.join(made)} FROM ({source})" if made else source
        return source

    def _base(self, places: dict[str, Place], names: Sequence[str], typed: bool) -> str:
        if typed:
            both = [
                f"{quoted(n)} AS {places[n].typed}, CAST({quoted(n)} AS VARCHAR) AS {places[n].text}" for n in names
            ]
            return ", ".join(both)
        return ", ".join(f"nullif({quoted(n)}, '') AS {places[n].text}" for n in names)

    def _typing(self, places: dict[str, Place], names: Sequence[str]) -> str:
        return ", ".join(f"{typed_sql(places[n].text, places[n].type)} AS {places[n].typed}" for n in names)

    def _doubles(self, relation: str, check: Check, number: int, typed: bool, row: str) -> str:
        """Join the keys that occur twice; few of them, so the join is small."""
        places = _places(self.schema)
        base = f"SELECT {quoted(row)} AS _row, {self._base(places, check.unique, typed)} FROM {relation}"
        source = base if typed else f"SELECT *, {self._typing(places, check.unique)} FROM ({base})"
        keys = {places[name].typed: f"k{number}_{at}" for at, name in enumerate(check.unique)}
        filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        names = ", ".join(f"{key} AS {named}" for key, named in keys.items())
        twice = f"SELECT {names}, min(_row) AS f{number} FROM ({source}) WHERE {filled} GROUP BY {', '.join(keys)}"
        on = " AND ".join(f"{named} = s.{key}" for key, named in keys.items())
        return f"LEFT JOIN ({twice} HAVING count(*) > 1) u{number} ON {on}"

    def _doubles_in_window(self, check: Check, number: int) -> str:
        places = _places(self.schema)
        keys = [places[name].typed for name in check.unique]
        filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        # an order keeps the engine from turning the window into a join that reads the stream twice
        window = f"OVER (PARTITION BY {', '.join(keys)} ORDER BY _row)"
        before, after = f"lag(_row) {window}", f"lead(_row) {window}"
        first = f"CASE WHEN {before} IS NULL AND {after} IS NOT NULL THEN _row ELSE {before} END"
        return f"CASE WHEN {filled} THEN {first} END AS f{number}"
