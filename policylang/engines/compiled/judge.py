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

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from policylang.engines.compiled import support
from policylang.engines.compiled.filed import PRIVATE, Places, Shapes, Sown, function
from policylang.engines.compiled.index import BY_PRINCIPAL, Dimension
from policylang.engines.compiled.known import Known
from policylang.engines.compiled.reads import Read
from policylang.engines.compiled.setup import Names, asked_of
from policylang.model.decision import Record
from policylang.model.request import Principal, Request

if TYPE_CHECKING:
    from policylang.engines.compiled.plan import Plan

Judge = Callable[[Request, Principal], "Record | None"]


def compile_judge(plan: Plan, known: Known) -> Judge:
    """The judge of a plan; entries that are filed are compiled when they are first asked."""
    return _Assembly(plan, known).judge()


class _Assembly:
    def __init__(self, plan: Plan, known: Known) -> None:
        self.plan = plan
        self.known = known
        self.names = Names({**PRIVATE, **support.NAMES, **_bound_to(known)})
        self.names.scope |= {"build": plan.build, "build_first": plan.build_first}
        self.shapes = Shapes(plan, known, self.names)
        self.has_facts = plan.subject.type in known.types_with_facts
        provided = {"resource", "given", *(("rid",) if self.has_facts else ())}
        self.writer = self.shapes.writer(frozenset(provided))

    def judge(self) -> Judge:
        self._declare_optional()
        conditions = [self.writer.condition(self.plan.entries[n]) for n in self.plan.index.inline]
        self._hoist()
        keys = {d: self._key(d) for d in self.plan.index.filed}
        lines = ["resource = request.resource", *self._people(), *self._things()]
        lines += self.writer.prologue(check=True)
        lines += self._only_declared_labels()
        lines += self._asking(keys)
        lines += ["mask = 0"] if conditions or not self.shapes.any_filed else []
        for bit, condition in enumerate(conditions):
            lines.append(f"if {condition}: mask |= {_bit(bit, self.names)}")
        lines += self._answer()
        judge: Judge = function("judge(request, principal)", _guarded(lines), self.names)
        self.names.scope |= {"judge": judge, "Sown": Sown}
        return judge

    def _declare_optional(self) -> None:
        inline = [self.plan.entries[number] for number in self.plan.index.inline]
        for root, name in sorted(asked_of(inline)):
            self.writer.optional(root, name)
        for dimension in self.plan.index.guarded:
            self.writer.optional(dimension.root, dimension.name)

    def _hoist(self) -> None:
        """Facts that most filed entries need are read here, once, and handed to them."""
        for root, name in self.plan.index.popular:
            read = self.writer.fact(root, name)
            if read is not None and not read.may_be_absent:
                self.shapes.hoisted[root, name] = read

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
        lines = [
            "if request.history: return None",
            "if resource.parents: check_told(resource)",
            "given = resource.attributes",
        ]
        if not self.has_facts:
            return [*lines, "thing = None"]
        type_name = self.plan.subject.type
        made = self.known.things.setdefault(type_name, {})
        ids = frozenset(id for name, id in self.known.facts.resources if name == type_name)
        return [
            *lines,
            "rid = resource.id",
            f"thing = {self.names.bind_object(made)}.get(rid)",
            f"if thing is None and rid in {self.names.bind_object(ids)}:"
            f" thing = known_thing({type_name!r}, rid)",
            "if given and thing is not None: thing = told_thing(thing, resource)",
        ]

    def _only_declared_labels(self) -> list[str]:
        labels = self.names.bind(self.known.schema.labels)
        return [
            f"if request.labels and not {labels}.issuperset(request.labels): return None",
        ]

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
                return need("above_all")
        read = self.writer.fact(dimension.root, dimension.name)
        return "" if read is None else read.variable

    def _asking(self, keys: dict[Dimension, str]) -> list[str]:
        if not self.shapes.any_filed:
            return []
        lines = ["hits = 0", "first = None"]
        for dimension, variable in keys.items():
            lines += self._looking(dimension, variable)
        if self.plan.index.always:
            places = Places(self.shapes, {0: self.plan.index.always})
            lines += self._ask(places, "0")
        return lines

    def _looking(self, dimension: Dimension, variable: str) -> list[str]:
        if not variable:
            # Undeclared here, and so a missing fact to all that are filed under it.
            return ["return None"]
        by_principal = dimension == BY_PRINCIPAL
        filed = self.plan.index.filed[dimension]
        places = Places(self.shapes, filed, by_principal=by_principal)
        if dimension.sort in ("role", "under"):
            return [f"for each in {variable}:", *_indented(self._ask(places, "each"))]
        found = self._ask(places, variable)
        if dimension.sort != "read" or not self._may_be_absent(dimension):
            return found
        absent = [] if dimension in self.plan.index.guarded else ["else: return None"]
        return [f"if {variable} is not None:", *_indented(found), *absent]

    def _ask(self, places: Places, value: str) -> list[str]:
        get = self.names.bind_object(places.filed.get)
        return [
            f"entry = {get}({value})",
            "while entry is not None:",
            f"    if entry.test({self.shapes.parameters}, entry.constants):",
            "        if first is None: first = entry",
            "        else: hits = (hits or first.digit) * base + entry.digit",
            "    entry = entry.next",
        ]

    def _may_be_absent(self, dimension: Dimension) -> bool:
        read: Read | None = self.writer.fact(dimension.root, dimension.name)
        return read is not None and read.may_be_absent

    def _answer(self) -> list[str]:
        if not self.plan.stance.asks_for_agents:
            return self._record("other")
        agents = _indented(self._record("with_agent"))
        return ["if person.kind == 'agent':", *agents, *self._record("other")]

    def _record(self, kind: str) -> list[str]:
        records = self.names.bind_object(self.plan.records(kind))
        built = f"return record if record is not None else build(key, {kind!r})"
        if not self.shapes.any_filed:
            return ["key = mask", f"record = {records}.get(mask)", built]
        bits = len(self.plan.index.inline)
        return [
            # One filed entry alone, which is what usually matches, knows its record.
            f"if first is not None and not hits{' and not mask' if bits else ''}:",
            f"    record = first.{kind}",
            f"    return record if record is not None else build_first(first, {kind!r})",
            *(["if first is not None and not hits: hits = first.digit"] if bits else []),
            f"key = (hits << {bits}) | mask" if bits else "key = hits",
            f"record = {records}.get(key)",
            built,
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
        "except Sown: return judge(request, principal)",
        "except Exception: return None",
    ]


def _bound_to(known: Known) -> dict[str, Any]:
    return {
        "people_get": known.people.get,
        "plain": known.plain,
        "resolve": known.person,
        "known_thing": known.thing,
        "told_thing": known.told_thing,
        "node": known.node,
        "ancestors_of": known.ancestors,
        "check_told": known.check_told,
        "above": known.above,
        "has_parent": known.has_parent,
        "blast": known.blast,
    }
