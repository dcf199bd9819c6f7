"""The generated function of one operation on one type.

`judge(request, principal)` gives the record for one link, or None where the careful path has to
decide. What it does, in this order:

1. It looks the principal and the resource up among what is known, and leaves alone whatever is
   told beyond the declarations, or about parents and past events.
2. It reads every fact that the inline conditions need, once, and checks its type there.
3. It looks up which filed entries are worth asking; each that matches adds a digit to `hits`.
4. Every inline condition that is true sets a bit in `mask`.
5. Both together are the key of the record, which has been built before, or is built now.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from policylang.engines.compiled import support
from policylang.engines.compiled.entries import Entry
from policylang.engines.compiled.index import Dimension
from policylang.engines.compiled.known import Known
from policylang.engines.compiled.reads import SOURCES, Read
from policylang.engines.compiled.source import Names, Writer, asked_of
from policylang.model.decision import Record
from policylang.model.request import Principal, Request

if TYPE_CHECKING:
    from policylang.engines.compiled.plan import Plan

Judge = Callable[[Request, Principal], "Record | None"]
Asked = tuple[Callable[..., bool], tuple[Any, ...], int]
"""A filed entry: its shape's function, its constants, and its digit."""

PRIVATE = {"__builtins__": {"type": type, "max": max, "len": len, "any": any, "all": all}}
PRIVATE["__builtins__"] |= {"frozenset": frozenset, "Exception": Exception, "str": str}
PRIVATE["__builtins__"] |= {"int": int, "bool": bool, "tuple": tuple}
"""Generated code sees these builtins and no others."""


def compile_judge(plan: Plan, known: Known) -> Judge:
    """The judge of a plan; entries that are filed are compiled when they are first asked."""
    return _Assembly(plan, known).judge()


class _Assembly:
    def __init__(self, plan: Plan, known: Known) -> None:
        self.plan = plan
        self.known = known
        self.names = Names({**PRIVATE, **support.NAMES, **_bound_to(known)})
        self.names["build"] = plan.build
        self.shapes = _Shapes(plan, known, self.names)
        self.writer = Writer(known.schema, plan.subject, self.names)

    def judge(self) -> Judge:
        self._declare_optional()
        conditions = [self.writer.condition(self.plan.entries[n]) for n in self.plan.index.inline]
        keys = {d: self._key(d) for d in self.plan.index.filed}
        lines = ["resource = request.resource", *self._people(), *self._things()]
        lines += self.writer.prologue()
        lines += self._undeclared()
        lines += self._asking(keys)
        lines.append("mask = 0")
        for bit, condition in enumerate(conditions):
            lines.append(f"if {condition}: mask |= {_bit(bit, self.names)}")
        lines += self._answer()
        return _function("judge(request, principal)", _guarded(lines), self.names)

    def _declare_optional(self) -> None:
        inline = [self.plan.entries[number] for number in self.plan.index.inline]
        for root, name in sorted(asked_of(inline)):
            self.writer.optional(root, name)
        for dimension in self.plan.index.guarded:
            self.writer.optional(dimension.root, dimension.name)

    # ── who and what ─────────────────────────────────────────────────────────────────────

    def _people(self) -> list[str]:
        if not self.known.facts.principals:
            return [
                "person = plain[principal.kind] if not principal.roles and"
                " not principal.attributes else resolve(principal)"
            ]
        return [
            "person = people_get(principal.id)",
            "told = principal.kind",
            "if person is None or principal.attributes or (told is not None and"
            " told != person.kind) or (person.takes_roles and (principal.roles or told)):"
            " person = resolve(principal)",
        ]

    def _things(self) -> list[str]:
        lines = ["if request.history or resource.parents: return None"]
        type_name = self.plan.subject.type
        if type_name not in self.known.types_with_facts:
            return [*lines, "thing = None", "given = resource.attributes"]
        self.writer.need("rid")
        made = self.known.things.setdefault(type_name, {})
        ids = frozenset(id for name, id in self.known.facts.resources if name == type_name)
        return [
            *lines,
            "rid = resource.id",
            "given = resource.attributes",
            f"thing = {self.names.bind_object(made)}.get(rid)",
            f"if thing is None and rid in {self.names.bind(ids)}:"
            f" thing = known_thing({type_name!r}, rid)",
            "if thing is not None:",
            "    if given: thing = told_thing(thing, resource)",
            "    given = thing.values",
        ]

    def _undeclared(self) -> list[str]:
        """Each dict of the request holds only what is declared."""
        schema, subject = self.known.schema, self.plan.subject
        parameters = schema.parameters[subject.operation, subject.type]
        return [
            *self._only("resource", schema.types[subject.type], "given", "thing is None and "),
            *self._only("args", parameters, "request.args"),
            *self._only("context", schema.context, "request.context"),
            *self._only("signal", schema.signals, "request.signals"),
            f"if request.labels and not {self.names.bind(schema.labels)}"
            ".issuperset(request.labels): return None",
        ]

    def _only(self, root: str, declared: Any, otherwise: str, when: str = "") -> list[str]:
        reads = [read for (of, _), read in self.writer.reads.items() if of == root]
        given = SOURCES[root][0] if reads else otherwise
        # As many keys as required facts that were found: then there is no other.
        count = sum(read.counts for read in reads)
        more = f"len({given}) != {count}" if count else given
        if len(reads) == len(declared) == count:
            return [f"if {when}{more}: return None"]
        names = self.names.bind(frozenset(declared))
        return [f"if {when}{more} and not {names}.issuperset({given}): return None"]

    # ── filed entries ────────────────────────────────────────────────────────────────────

    def _key(self, dimension: Dimension) -> str:
        """What the request has in that dimension: a variable."""
        need = self.writer.need
        match dimension.sort:
            case "principal":
                return need("pid")
            case "role":
                return need("roles")
            case "kind":
                return need("kind")
            case "resource":
                return need("rid")
            case "under":
                return need("ancestors")
        read = self.writer.fact(dimension.root, dimension.name)
        return "" if read is None else read.variable

    def _asking(self, keys: dict[Dimension, str]) -> list[str]:
        if not self.shapes.any_filed:
            return []
        lines = ["hits = 0"]
        for dimension, variable in keys.items():
            lines += self._looking(dimension, variable)
        if self.plan.index.always:
            asked = self.names.bind_object(_Places(self.shapes, {0: self.plan.index.always}))
            lines += _loop(f"{asked}[0]")
        return lines

    def _looking(self, dimension: Dimension, variable: str) -> list[str]:
        places = self.names.bind_object(_Places(self.shapes, self.plan.index.filed[dimension]))
        if not variable:
            # Undeclared here, and so a missing fact to all that are filed under it.
            return ["return None"]
        if dimension.sort in ("role", "under"):
            inner = _indented(_indented(_loop(f"{places}[each]")))
            return [f"for each in {variable}:", f"    if each in {places}.filed:", *inner]
        found = [f"if {variable} in {places}.filed:", *_indented(_loop(f"{places}[{variable}]"))]
        if dimension.sort != "read" or not self._may_be_absent(dimension):
            return found
        absent = [] if dimension in self.plan.index.guarded else ["else: return None"]
        return [f"if {variable} is not None:", *_indented(found), *absent]

    def _may_be_absent(self, dimension: Dimension) -> bool:
        read: Read | None = self.writer.fact(dimension.root, dimension.name)
        return read is not None and read.may_be_absent

    def _answer(self) -> list[str]:
        key = "mask"
        if self.shapes.any_filed:
            key = f"(hits << {len(self.plan.index.inline)}) | mask"
        lines = [f"key = {key}"]
        if not self.plan.stance.asks_for_agents:
            records = self.names.bind_object(self.plan.records("any"))
            return [*lines, f"record = {records}.get(key)", *_or_built("any")]
        agents = self.names.bind_object(self.plan.records("agent"))
        others = self.names.bind_object(self.plan.records("other"))
        return [
            *lines,
            "if person.kind == 'agent':",
            f"    record = {agents}.get(key)",
            *_indented(_or_built("agent")),
            f"record = {others}.get(key)",
            *_or_built("other"),
        ]


def _loop(places: str) -> list[str]:
    return [
        f"for test, c, digit in {places}:",
        "    if test(request, principal, person, thing, given, c): hits = hits * base + digit",
    ]


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _or_built(kind: str) -> list[str]:
    return [f"return record if record is not None else build(key, {kind!r})"]


def _bit(bit: int, names: Names) -> str:
    return str(1 << bit) if bit < 62 else names.bind(1 << bit)


def _guarded(lines: list[str]) -> list[str]:
    """Nothing that goes wrong here may decide anything."""
    return [
        "try:",
        *_indented(lines),
        "except Exception: return None",
    ]


def _function(head: str, lines: list[str], names: Names) -> Any:
    text = "\n".join([f"def {head}:", *_indented(lines)])
    scope: dict[str, Any] = {}
    exec(compile(text, "<policylang>", "exec"), names, scope)
    return scope[head.partition("(")[0]]


def _bound_to(known: Known) -> dict[str, Any]:
    return {
        "people_get": known.people.get,
        "plain": known.plain,
        "resolve": known.person,
        "known_thing": known.thing,
        "told_thing": known.told_thing,
        "node": known.node,
        "ancestors_of": known.ancestors,
        "has_parent": known.has_parent,
        "blast": known.blast,
    }


class _Places:
    """Filed entries, compiled place by place when they are first asked."""

    __slots__ = ("_compiled", "_shapes", "filed")

    def __init__(self, shapes: _Shapes, filed: dict[Any, list[int]]) -> None:
        self._shapes = shapes
        self._compiled: dict[Hashable, tuple[Asked, ...]] = {}
        self.filed = filed

    def __getitem__(self, value: Hashable) -> tuple[Asked, ...]:
        asked = self._compiled.get(value)
        if asked is None:
            asked = tuple(self._shapes.asked(number) for number in self.filed[value])
            self._compiled[value] = asked
        return asked


class _Shapes:
    """One function for all entries that differ in their constants alone."""

    def __init__(self, plan: Plan, known: Known, names: Names) -> None:
        self._plan = plan
        self._known = known
        self._names = names
        self._functions: dict[str, Callable[..., bool]] = {}
        self.any_filed = bool(plan.index.filed or plan.index.always)
        names["base"] = len(plan.entries) + 1

    def asked(self, number: int) -> Asked:
        entry = self._plan.entries[number]
        writer = Writer(self._known.schema, self._plan.subject, self._names)
        writer.constants = constants = []
        text = self._body(writer, entry)
        function = self._functions.get(text)
        if function is None:
            head = "shape(request, principal, person, thing, given, c)"
            function = self._functions[text] = _function(head, text.split("\n"), self._names)
        return function, tuple(constants), number + 1

    def _body(self, writer: Writer, entry: Entry) -> str:
        for root, name in sorted(asked_of([entry])):
            writer.optional(root, name)
        condition = writer.condition(entry)
        if "resource" not in writer.setup and "rid" in writer.setup:
            writer.need("resource")
        return "\n".join([*writer.prologue(), f"return {condition}"])
