"""Moves and flows: the only writer of a status.

`advance` locks the row, checks state, revision and permission, writes the status, runs the clocks, appends the step
to the timeline and to the evidence log, and publishes the event, in one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction

from tulou.kernel.calendar import now
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.outbox import publish
from tulou.kernel.permissions import Forbidden
from tulou.kernel.permissions.decide import helpers
from tulou.kernel.workflow import clocks, registry
from tulou.kernel.workflow.clocks import Holder
from tulou.kernel.workflow.errors import AlreadyDone, StaleObject, WrongState
from tulou.kernel.workflow.facts import note_digest, plain, reference
from tulou.kernel.workflow.models import WRITING, Stateful, Step
from tulou.trust.ids import new_id

M = TypeVar("M", bound=Stateful)
Clocks = str | tuple[str, ...] | Callable[[Any], str | None] | None
"""Clock codes; a function chooses by the object, for deadlines that differ by kind."""


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What a move does besides changing the state."""

    starts: Clocks = None
    stops: Clocks = None
    pauses: Clocks = None
    resumes: Clocks = None
    extends: Clocks = None
    holder: Callable[[Any], Holder] | None = None
    emits: Callable[[Any, Step], object] | None = None


@dataclass(frozen=True)
class Move(Effects):
    """From any of `sources` to `target`, for those whom `may(obj, actor)` admits. `may` is pure."""

    name: str
    sources: tuple[str, ...]
    target: str
    may: Callable[[Any, Actor], bool] = field(kw_only=True)
    label: str = field(default="", kw_only=True)

    @property
    def title(self) -> str:
        return self.label or self.name


class Flow(Generic[M]):
    """A state machine as a table. `name` is `<domain>.<noun>`; `model` (class or `app.Model`) is given where it is not
    that noun."""

    def __init__(
        self,
        name: str,
        *moves: Move,
        model: type[M] | str | None = None,
        title: str = "",
        initial: str | None = None,
        beginning: Effects | None = None,
        subjects: Callable[[M], Sequence[str]] | None = None,
    ) -> None:
        if not moves:
            raise ImproperlyConfigured(f"流程 {name} 没有动作")
        names = [move.name for move in moves]
        if len(set(names)) != len(names):
            raise ImproperlyConfigured(f"流程 {name} 有重名的动作；同一动作请列出全部来源状态")
        self.name = name
        self.title = title or name
        self.moves: Mapping[str, Move] = {move.name: move for move in moves}
        self._model = model if isinstance(model, type) else None
        self.model_label = _label(model) if model is not None else name
        self.initial = str(initial if initial is not None else moves[0].sources[0])
        self.beginning = beginning or Effects()
        self._subjects = subjects
        registry.register(self)

    @property
    def model(self) -> type[M]:
        return self._model or cast(type[M], apps.get_model(self.model_label))

    @property
    def states(self) -> list[str]:
        """Every state that is named, in order of appearance."""
        named = [self.initial]
        for move in self.moves.values():
            named += [*move.sources, move.target]
        return list(dict.fromkeys(str(state) for state in named))

    @transaction.atomic
    def begin(self, obj: M, *, actor: Actor, note: str = "", **facts: object) -> M:
        """Save a new object in its first state and open its timeline. Permission is the service's affair."""
        obj.save(force_insert=True)
        step = _Stamp(self, "begin", "建立", "", obj.status, obj, actor, note, facts)
        self._effects(self.beginning, obj, step.write(self._subjects_of(obj)))
        return obj

    @transaction.atomic
    def advance(
        self,
        obj: M,
        move: str,
        *,
        actor: Actor,
        note: str = "",
        revision: int | None = None,
        changes: Mapping[str, object] | None = None,
        **facts: object,
    ) -> M:
        """Make a move. `revision` is what the user's page showed (that of `obj` if not given); `changes` are saved too.

        Raises:
            AlreadyDone: exactly this was already done (double click, second approver).
            StaleObject: somebody else moved it since the page was read.
            WrongState: the move does not start from this state.
            Forbidden: the actor may not; says whom to ask.
        """
        rule = self.moves[move]
        locked = self._lock(obj)
        self._check_state(rule, locked, obj.revision if revision is None else revision)
        if not rule.may(locked, actor):
            raise self._denied(rule, locked, actor)
        source = locked.status
        self._write(locked, rule.target, changes or {})
        for name in ("status", "revision", *(changes or {})):
            setattr(obj, name, getattr(locked, name))
        obj._remember()
        step = _Stamp(self, rule.name, rule.title, source, str(rule.target), locked, actor, note, facts)
        self._effects(rule, locked, step.write(self._subjects_of(locked)))
        return obj

    def moves_for(self, obj: M, actor: Actor) -> list[Move]:
        """The moves that this actor could make now."""
        return [m for m in self.moves.values() if obj.status in m.sources and m.may(obj, actor)]

    def state_label(self, state: str) -> str:
        """The Chinese name of a state, from the choices of the model."""
        field = cast("models.Field[str, str]", self.model._meta.get_field("status"))
        return str(dict(field.flatchoices).get(state, state))

    def _lock(self, obj: M) -> M:
        rows = self.model._base_manager.select_for_update(of=("self",))
        locked: M = rows.get(pk=obj.pk)
        return locked

    def _check_state(self, rule: Move, locked: M, expected: int) -> None:
        fits = locked.status in rule.sources
        if fits and locked.revision == expected:
            return
        last = Step.objects.filter(subject=locked.pk, revision=locked.revision, flow=self.name).first()
        if last is not None and locked.revision > expected and last.move == rule.name:
            raise AlreadyDone(f"该事项已由“{last.actor_label}”办理“{rule.title}”，无需重复操作，请刷新页面查看结果")
        if locked.revision != expected:
            who = f"已由“{last.actor_label}”办理“{last.label}”" if last else "已发生变化"
            raise StaleObject(f"您打开页面之后，该事项{who}，请刷新页面后再决定")
        raise WrongState(f"“{locked}”当前状态为“{self.state_label(locked.status)}”，不能办理“{rule.title}”，请刷新页面")

    def _denied(self, rule: Move, obj: M, actor: Actor) -> Forbidden:
        reason = f"“{self.title}”在“{self.state_label(obj.status)}”时，“{rule.title}”须由承办方办理"
        return Forbidden(actor, f"{self.name}.{rule.name}", name=rule.title, reason=reason, ask=helpers(actor))

    def _write(self, locked: M, target: str, changes: Mapping[str, object]) -> None:
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.status = str(target)
        locked.revision += 1
        touched = [f.name for f in locked._meta.concrete_fields if getattr(f, "auto_now", False)]
        token = WRITING.set(locked)
        try:
            locked.save(update_fields=["status", "revision", *changes, *touched])
        finally:
            WRITING.reset(token)

    def _effects(self, effects: Effects, obj: M, step: Step) -> None:
        for code in _codes(effects.stops, obj):
            clocks.stop(obj, code, at=step.at)
        for code in _codes(effects.pauses, obj):
            clocks.pause(obj, code, at=step.at)
        for code in _codes(effects.resumes, obj):
            clocks.resume(obj, code, at=step.at)
        for code in _codes(effects.extends, obj):
            clocks.extend(obj, code)
        holder = effects.holder(obj) if effects.holder else Holder()
        for code in _codes(effects.starts, obj):
            clocks.start(obj, code, holder=holder, at=step.at)
        if effects.emits is not None:
            publish(effects.emits(obj, step))

    def _subjects_of(self, obj: M) -> list[str]:
        return [reference(obj), *(self._subjects(obj) if self._subjects else ())]


@dataclass(frozen=True)
class _Stamp:
    """One step before it is written: to the evidence log, then to the timeline."""

    flow: Flow[Any]
    move: str
    label: str
    source: str
    target: str
    obj: Stateful
    actor: Actor
    note: str
    facts: Mapping[str, object]

    def write(self, subjects: Sequence[str]) -> Step:
        step_id, facts = new_id(), plain(self.facts)
        promise = record(
            f"{self.flow.name}.{self.move}",
            actor=self.actor,
            subjects=[*subjects, f"step:{step_id}"],
            data=self._proof(step_id, facts),
        )
        return Step.objects.create(
            id=step_id,
            flow=self.flow.name,
            subject_type=self.obj._meta.label_lower,
            subject=self.obj.pk,
            move=self.move,
            label=self.label,
            source=self.source,
            target=self.target,
            revision=self.obj.revision,
            at=now(),
            person=self.actor.person,
            party=self.actor.party,
            actor_kind=self.actor.kind,
            actor_label=self.actor.label,
            note=self.note,
            facts=facts,
            leaf_hash=promise.leaf_hash.hex(),
        )

    def _proof(self, step: UUID, facts: Mapping[str, object]) -> dict[str, object]:
        proof: dict[str, object] = {"from": self.source, "to": self.target, "revision": self.obj.revision}
        if facts:
            proof["facts"] = dict(facts)
        if self.note:
            proof["note_sha256"] = note_digest(step, self.note)
        return proof


def _label(model: type[models.Model] | str) -> str:
    return model.lower() if isinstance(model, str) else model._meta.label_lower


def _codes(chosen: Clocks, obj: models.Model) -> tuple[str, ...]:
    if chosen is None:
        return ()
    if isinstance(chosen, str):
        return (chosen,)
    if isinstance(chosen, tuple):
        return chosen
    code = chosen(obj)
    return (code,) if code else ()
