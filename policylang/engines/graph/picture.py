"""What a drawing shows: items in six columns, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from policylang.engines.graph.findings import Statement
from policylang.engines.graph.network import who_node
from policylang.engines.graph.questions import QuestionError, suggestion
from policylang.engines.graph.scopes import what_covers
from policylang.engines.graph.wording import (
    floor_text,
    requirement_text,
    ruling_text,
    what_text,
    where_text,
    who_text,
)
from policylang.ir.expressions import WhoAnyone, WhoKind
from policylang.ir.program import Operation, ResourceType, Risk, Ruling

if TYPE_CHECKING:
    from policylang.engines.graph.permissions import PermissionGraph

COLUMNS = ("Who", "Roles and kinds", "Rules", "Operations and resources", "Risk classes", "Gates")
WHO, ROLES, RULES, OPERATIONS, RISKS, GATES = range(6)
SELF = "std.self"
EFFECTS = {
    "allow": "allow",
    "require_approval": "require approval",
    "deny": "deny",
    "limit": "limit",
}


class Item(Struct, frozen=True):
    """A box. `frame` is the heading it stands under, `family` what it may be collapsed with.

    `lines` are shown below the label; `details` are told when it is pointed at, as name and text.
    `short` is the label for lists, where it is another. A
    group has `members` (id, name), and a `pattern`: its label with `{}` for their number.
    """

    id: str
    column: int
    label: str
    tone: str
    lines: tuple[str, ...] = ()
    frame: str = ""
    family: str = ""
    details: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    pattern: str = ""
    short: str = ""

    @property
    def count(self) -> int:
        return len(self.members) or 1


class Link(Struct, frozen=True, order=True):
    """From one item to another; `tone` is an effect, `member`, `is`, `floor` or `confers`.

    `weight` is the number of links that it stands for.
    """

    source: str
    target: str
    tone: str
    weight: int = 1


class Picture(Struct, frozen=True):
    """Items by column and label, links sorted; `frames` gives each frame's note."""

    title: str
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    frames: tuple[tuple[str, str], ...]


def picture(graph: PermissionGraph, focus: str | None = None) -> Picture:
    """Everything that the graph holds, or what leads to and from the focus.

    Raises `QuestionError` for a focus that is not there.
    """
    whole = _Painter(graph).painted()
    return whole if focus is None else _focused(whole, focus)


class _Painter:
    """Collects items and links; a link to an item that is not shown is dropped at the end."""

    def __init__(self, graph: PermissionGraph) -> None:
        self._graph = graph
        self._program = graph.program
        self._builtin = {t.name for t in graph.program.resource_types if t.builtin}
        self._items: dict[str, Item] = {}
        self._links: set[Link] = set()

    def painted(self) -> Picture:
        self._paint_operations()
        self._paint_rules()
        self._paint_people()
        self._paint_resources()
        known = self._items
        links = sorted(x for x in self._links if x.source in known and x.target in known)
        items = sorted(known.values(), key=lambda item: (item.column, item.frame, item.id))
        frames = dict([_frame(type_) for type_ in self._program.resource_types])
        return Picture(self._program.name, tuple(items), tuple(links), tuple(frames.items()))

    def _add(self, item: Item) -> None:
        self._items.setdefault(item.id, item)

    def _link(self, source: str, target: str, tone: str) -> None:
        self._links.add(Link(source, target, tone))

    def _paint_operations(self) -> None:
        for operation in self._program.operations:
            self._add(self._operation(operation))
            for risk in operation.risks:
                self._link(_operation_id(operation), f"risk:{risk}", "is")
            for role in operation.confers:
                self._link(_operation_id(operation), f"role:{role}", "confers")
        used = {risk for operation in self._program.operations for risk in operation.risks}
        for one in self._program.risks:
            if one.name in used:
                self._paint_risk(one)

    def _paint_risk(self, risk: Risk) -> None:
        details = [("default", ruling_text(risk.default)), ("floor", floor_text(risk) or "allow")]
        details += [("about", risk.doc)] if risk.doc else []
        node = f"risk:{risk.name}"
        self._add(Item(node, RISKS, risk.name, risk.mode, (risk.mode,), details=tuple(details)))
        self._paint_floor(node, risk.floor, "")
        if risk.agent_floor is not None:
            self._paint_floor(node, risk.agent_floor, " for agents")

    def _paint_floor(self, source: str, ruling: Ruling, whom: str) -> None:
        if ruling.verdict != "allow":
            tone = "deny" if ruling.verdict == "deny" else "floor"
            self._link(source, self._gate(ruling, whom), tone)

    def _gate(self, ruling: Ruling, whom: str = "") -> str:
        text = ruling_text(ruling) + whom
        head, _, rest = text.partition(" from ")
        lines = (f"from {rest}",) if rest else ()
        tone = "deny" if ruling.verdict == "deny" else "require_approval"
        self._add(Item(f"gate:{text}", GATES, head, tone, lines))
        return f"gate:{text}"

    def _operation(self, operation: Operation) -> Item:
        frame = SELF if operation.resource_type in self._builtin else operation.resource_type
        details = [("on", operation.resource_type), ("risk", ", ".join(operation.risks))]
        details += [("mode", operation.mode)]
        details += [("confers", role) for role in operation.confers]
        details += [("taints", name) for name in operation.taints]
        details += [("about", operation.doc)] if operation.doc else []
        label = operation.name
        if frame == SELF:
            label = f"{operation.name} {operation.resource_type}"
        return Item(
            id=_operation_id(operation),
            column=OPERATIONS,
            label=label,
            tone=operation.mode,
            frame=frame,
            family=f"{frame}: {', '.join(operation.risks)}",
            details=tuple(details),
        )

    def _paint_rules(self) -> None:
        reached: dict[object, list[str]] = {}
        for statement in self._graph.table.statements:
            scope = (statement.what, tuple(where.type for where in statement.where))
            if scope not in reached:
                reached[scope] = self._covered(statement)
            self._paint_rule(statement, reached[scope])

    def _covered(self, statement: Statement) -> list[str]:
        types = {where.type for where in statement.where}
        return [
            _operation_id(operation)
            for operation in self._program.operations
            if (None in types or operation.resource_type in types)
            and what_covers(statement.what, operation)
        ]

    def _paint_rule(self, statement: Statement, targets: list[str]) -> None:
        rule = f"rule:{statement.id}"
        self._add(_rule_item(statement))
        for who in statement.who:
            node = ":".join(who_node(who))
            if isinstance(who, (WhoKind, WhoAnyone)):
                self._add(Item(node, ROLES, who_text(who), "kind"))
            self._link(node, rule, statement.effect)
        for target in targets:
            self._link(rule, target, statement.effect)
        if statement.requirement is not None:
            ruling = Ruling("require_approval", statement.requirement)
            self._link(rule, self._gate(ruling), "require_approval")

    def _paint_people(self) -> None:
        for role in self._program.roles:
            lines = (f"in {', '.join(role.parents)}",) if role.parents else ()
            details = (("about", role.doc),) if role.doc else ()
            self._add(Item(f"role:{role.name}", ROLES, role.name, "role", lines, "", "", details))
            for parent in role.parents:
                self._link(f"role:{role.name}", f"role:{parent}", "member")
        declared = {p.id: p for p in self._program.principals}
        for id_ in self._graph.subjects.ids:
            principal = declared.get(id_) or self._graph.facts.principals.get(id_)
            kind = (principal.kind if principal else None) or "undeclared"
            roles = tuple(sorted((principal.roles if principal else None) or ()))
            self._paint_principal(id_, kind, roles)

    def _paint_principal(self, id_: str, kind: str, roles: tuple[str, ...]) -> None:
        node = f"principal:{id_}"
        where = f" in {', '.join(roles)}" if roles else ""
        named = id_ in self._graph.subjects.mentioned
        family = f"named {id_}" if named else f"{kind}s{where}"
        self._add(Item(node, WHO, id_, kind, (kind,), family=family, details=(("kind", kind),)))
        for role in roles:
            self._link(node, f"role:{role}", "member")
        self._link(node, f"kind:{kind}", "member")

    def _paint_resources(self) -> None:
        parents = {t.name for t in self._program.resource_types}
        for (type_, id_), resource in sorted(self._graph.facts.resources.items()):
            if type_ not in parents:
                continue
            above = ", ".join(f"{t} {i}" for t, i in sorted(resource.parents))
            details = (("type", type_),) + ((("in", above),) if above else ())
            frame = SELF if type_ in self._builtin else type_
            self._add(
                Item(
                    id=f"resource:{type_}:{id_}",
                    column=OPERATIONS,
                    label=id_,
                    tone="resource",
                    lines=(f"in {above}",) if above else (),
                    frame=frame,
                    family=f"{frame}: known resources",
                    details=details,
                )
            )


def _operation_id(operation: Operation) -> str:
    return f"operation:{operation.resource_type}.{operation.name}"


def _frame(type_: ResourceType) -> tuple[str, str]:
    if type_.builtin:
        return SELF, "the guard itself"
    return type_.name, f"in {' or '.join(type_.parents)}" if type_.parents else ""


def _rule_item(statement: Statement) -> Item:
    what = ", ".join(map(what_text, statement.what))
    where = ", ".join(map(where_text, statement.where))
    who = ", ".join(map(who_text, statement.who))
    short = statement.name or _place(statement.at)
    needs = statement.requirement
    asked = (requirement_text(needs),) if needs is not None else ()
    if statement.effect == "limit":
        asked = (statement.budget,)
    details = [("rule", statement.id), ("says", statement.text), ("place", statement.at)]
    details += [("condition", clause) for clause in statement.clauses]
    details += [("because", statement.because)] if statement.because else []
    details += [("about", statement.doc)] if statement.doc else []
    return Item(
        id=f"rule:{statement.id}",
        column=RULES,
        label=f"{EFFECTS[statement.effect]} {short}",
        short=short,
        tone=statement.effect,
        lines=(f"{what} on {where}", *asked, *statement.clauses),
        family=f"{EFFECTS[statement.effect]} for {who}",
        details=tuple(details),
    )


def _place(at: str) -> str:
    """`at prod.pol:31`, for a rule without a name."""
    name, _, line = at.rpartition(":")[0].rpartition(":")
    return f"at {name.rpartition('/')[2]}:{line}"


def _focused(whole: Picture, focus: str) -> Picture:
    """What leads to the focus and what it leads to."""
    centres = {item.id for item in whole.items if focus in _names(item)}
    if not centres:
        names = (name for item in whole.items for name in _names(item))
        raise QuestionError(f"`{focus}` is not in the graph{suggestion(focus, names)}")
    ahead: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    for link in whole.links:
        if link.tone != "confers":
            ahead.setdefault(link.source, []).append(link.target)
            behind.setdefault(link.target, []).append(link.source)
    kept = _closure(centres, ahead) | _closure(centres, behind)
    anyone = "kind:anyone"
    if any(item.column == WHO for item in whole.items if item.id in centres):
        kept |= _closure({anyone}, ahead)
    items = tuple(item for item in whole.items if item.id in kept)
    links = tuple(x for x in whole.links if x.source in kept and x.target in kept)
    return replace(whole, title=f"{whole.title}: {focus}", items=items, links=links)


def _names(item: Item) -> tuple[str, ...]:
    """What a reader may call an item: its label, its id, a rule's name, an operation's label."""
    sort, _, name = item.id.partition(":")
    names = [item.label, name, item.frame] if item.frame else [item.label, name]
    if sort == "operation":
        type_, _, operation = name.partition(".")
        names.append(f"{operation} on {type_}")
    if sort == "rule":
        names += [name.rpartition("/")[2], item.short]
    return tuple(names)


def _closure(starts: Iterable[str], step: dict[str, list[str]]) -> set[str]:
    seen, waiting = set(starts), list(starts)
    while waiting:
        for following in step.get(waiting.pop(), ()):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return seen
