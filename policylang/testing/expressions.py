"""Random conditions that are well-typed where they stand.

What may be missing is read only behind its `has`, in the form that narrowing needs: beside it in
an `and`, or, under a `not`, beside `not … has …` in an `or`. So every condition made here passes
the checker, and none hangs on a fact that a fitting request may leave out.
"""

from __future__ import annotations

from typing import NamedTuple

from policylang.model.types import EnumOf, Prim, ResourceOf, SetOf, Type
from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.reach import Guards, Readable, Surroundings
from policylang.testing.vocabulary import literal, quoted, value

OR, AND, NOT, COMPARE, SUM, PRODUCT, OPERAND = range(7)
NUMBERS = (Prim("Int"), Prim("Decimal"))
ORDERED = ("Int", "Decimal", "String", "Time", "Duration", "Size")
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Text(NamedTuple):
    """A piece of an expression, how tightly it binds, and what must be guarded around it."""

    text: str
    level: int
    guards: Guards = ()


def at(level: int, piece: Text) -> str:
    """The piece where one that binds at least as tightly as `level` is needed."""
    return piece.text if piece.level >= level else f"({piece.text})"


class Expressions:
    """Makes conditions for one place of a policy."""

    def __init__(self, choices: Choices, place: Surroundings) -> None:
        self.choices = choices
        self.place = place
        self.has_previous = False

    def condition(self, depth: int, *, positive: bool = True, granted: Guards = ()) -> Text:
        """A Bool whose guards are all in place. `positive`: not below a `not`."""
        sort = self.choices.integer(0, 99) if depth else 0
        if sort < 55:
            return self._guarded(self.atom(depth, positive), positive, granted)
        if sort < 85:
            return self._logic(depth, positive, granted)
        inner = self.condition(depth - 1, positive=not positive, granted=granted)
        return Text("not " + at(NOT, inner), NOT)

    def _logic(self, depth: int, positive: bool, granted: Guards) -> Text:
        word = self.choices.pick(("and", "or"))
        operands = []
        if (word == "and") == positive and self.choices.chance(40):
            wanted = [r for r in self.place.readables if r.guards]
            extra = self.choices.pick(wanted).guards if wanted else ()
            granted = granted + tuple(g for g in extra if g not in granted)
            operands = [_guard(guard, positive) for guard in extra]
        for _ in range(self.choices.integer(2, 3) if not operands else 1):
            operands.append(self.condition(depth - 1, positive=positive, granted=granted))
        return self._joined(word, operands)

    def _guarded(self, piece: Text, positive: bool, granted: Guards) -> Text:
        needed = [guard for guard in dict.fromkeys(piece.guards) if guard not in granted]
        if not needed:
            return Text(piece.text, piece.level)
        operands = [_guard(guard, positive) for guard in needed]
        operands.append(Text(piece.text, piece.level))
        return self._joined("and" if positive else "or", operands)

    def _joined(self, word: str, operands: list[Text]) -> Text:
        level = AND if word == "and" else OR
        texts = [
            at(level + 1 if not self.choices.chance(10) else OPERAND, operand)
            for operand in self.choices.shuffled(operands)
        ]
        return Text(f" {word} ".join(texts), level)

    # ── atoms ────────────────────────────────────────────────────────────────────────────

    def atom(self, depth: int, positive: bool) -> Text:
        """One test; its guards are the caller's to put in place."""
        sort = self.choices.integer(0, 99)
        if sort < 55:
            found = self._about_readable(depth)
        elif sort < 70:
            found = self._about_who_and_where()
        else:
            found = self._history(depth) or self._call(positive)
        return found or self._about_readable(depth) or Text("true", OPERAND)

    def _about_readable(self, depth: int) -> Text | None:
        usable = self.readables()
        if not usable:
            return None
        readable = self.choices.pick(usable)
        if readable.guards and self.choices.chance(15):
            return Text(readable.guards[-1], COMPARE, readable.guards[:-1])
        match readable.type:
            case SetOf(element):
                return self._about_set(readable, element, depth)
            case EnumOf():
                return self._about_enum(readable)
            case ResourceOf(name):
                return self._about_resource(readable, name)
            case Prim("Bool"):
                return self._about_bool(readable)
        return self._about_value(readable)

    def readables(self) -> list[Readable]:
        if not self.place.world.features.total:
            return self.place.readables
        return [readable for readable in self.place.readables if readable.known]

    def _about_bool(self, readable: Readable) -> Text:
        if self.choices.chance(60):
            return Text(readable.text, OPERAND, readable.guards)
        return self._compared(readable, self.choices.pick(("==", "!=")))

    def _about_enum(self, readable: Readable) -> Text:
        if self.choices.chance(30):
            return self._among(readable)
        return self._compared(readable, self.choices.pick(("==", "!=")))

    def _about_value(self, readable: Readable) -> Text:
        name = readable.type.name if isinstance(readable.type, Prim) else ""
        if self.choices.chance(45) and name in _SPECIAL:
            return _SPECIAL[name](self, readable)
        if self.choices.chance(15):
            return self._among(readable)
        orders = ("==", "!=", "<", "<=", ">", ">=") if name in ORDERED else ("==", "!=")
        return self._compared(readable, self.choices.pick(orders))

    def _compared(self, readable: Readable, op: str) -> Text:
        left = Text(readable.text, OPERAND, readable.guards)
        if readable.type in NUMBERS and self.choices.chance(25):
            left = self._plus(left, readable.type)
        right = self._term(readable.type)
        if self.choices.chance(15):
            left, right, op = right, left, _FLIPPED[op]
        text = f"{at(SUM, left)} {op} {at(SUM, right)}"
        return Text(text, COMPARE, left.guards + right.guards)

    def _among(self, readable: Readable) -> Text:
        items = [self.constant(readable.type) for _ in range(self.choices.integer(1, 3))]
        return Text(f"{readable.text} in [{', '.join(items)}]", COMPARE, readable.guards)

    def constant(self, type_: Type) -> str:
        return literal(type_, value(self.choices, type_))

    def _term(self, type_: Type) -> Text:
        """A literal, or something else of the type."""
        sort = self.choices.integer(0, 99)
        same = [r for r in self.readables() if r.type == type_] if sort >= 65 else []
        term = Text(self.constant(type_), OPERAND)
        if same:
            other = self.choices.pick(same)
            term = Text(other.text, OPERAND, other.guards)
        if sort >= 80 and type_ in NUMBERS:
            return self._plus(term, type_)
        if sort >= 80 and type_ == Prim("Time"):
            sign = self.choices.pick("+-")
            return Text(f"{term.text} {sign} {self.constant(Prim('Duration'))}", SUM, term.guards)
        if sort >= 80 and type_ == Prim("Duration"):
            return self._span() or term
        return term

    def _plus(self, left: Text, type_: Type) -> Text:
        op = self.choices.pick("+-*")
        right = Text(self.constant(type_), OPERAND)
        if self.choices.chance(30):
            right = self._counted() or right
        level = PRODUCT if op == "*" else SUM
        text = f"{at(level, left)} {op} {at(level + 1, right)}"
        return Text(text, level, left.guards + right.guards)

    def _span(self) -> Text | None:
        """A Duration between two times."""
        times = [r for r in self.readables() if r.type == Prim("Time")]
        if not times:
            return None
        left, right = self.choices.pick(times), self.choices.pick(times)
        return Text(f"{left.text} - {right.text}", SUM, left.guards + right.guards)

    def _counted(self) -> Text | None:
        """An Int: how many, how large."""
        sized = [
            r for r in self.readables() if isinstance(r.type, SetOf) or r.type == Prim("String")
        ]
        if "resource" in self.place.roots and self.choices.chance(30):
            return Text("blast(resource)", OPERAND)
        if not sized:
            return None
        readable = self.choices.pick(sized)
        return Text(f"size({readable.text})", OPERAND, readable.guards)

    # ── what types can do ────────────────────────────────────────────────────────────────

    def _about_set(self, readable: Readable, element: Type, depth: int) -> Text:
        sort = self.choices.integer(0, 3)
        if sort == 0 or isinstance(element, ResourceOf):
            size = f"size({readable.text}) {self.choices.pick(('>', '>=', '==', '<'))} "
            return Text(size + str(self.choices.integer(0, 3)), COMPARE, readable.guards)
        item = self.constant(element)
        if sort == 1:
            return Text(f"{readable.text} contains {item}", COMPARE, readable.guards)
        if sort == 2:
            return Text(f"{item} in {readable.text}", COMPARE, readable.guards)
        return self._quantified(readable, element, depth)

    def _quantified(self, readable: Readable, element: Type, depth: int) -> Text:
        free = [v for v in vocabulary.VARIABLES if v not in self.place.variables]
        if not free:
            return Text(f"size({readable.text}) > 0", COMPARE, readable.guards)
        variable = free[0]
        inner = Surroundings(
            self.place.world,
            self.place.pairs,
            (),
            False,
            [Readable(variable, element), *(r for r in self.place.readables if not r.guards)],
            (*self.place.variables, variable),
        )
        body = Expressions(self.choices, inner).condition(min(depth, 1))
        which = self.choices.pick(("any", "all"))
        return Text(f"{which} {variable} in {readable.text}: {at(NOT, body)}", NOT, readable.guards)

    def _about_resource(self, readable: Readable, name: str) -> Text:
        other = f'{name} "{self.choices.pick(vocabulary.IDS)}"'
        op = self.choices.pick(("==", "!=", "under"))
        return Text(f"{readable.text} {op} {other}", COMPARE, readable.guards)

    def _about_text(self, readable: Readable) -> Text:
        sort = self.choices.integer(0, 3)
        if sort == 0:
            return self._like(readable)
        if sort == 1:
            part = quoted(self.choices.pick(("a", "b", "", "example")))
            return Text(f"{readable.text} contains {part}", COMPARE, readable.guards)
        if sort == 2:
            count = self.choices.integer(0, 3)
            return Text(f"size({readable.text}) > {count}", COMPARE, readable.guards)
        if self.place.world.features.total:
            return self._like(readable)
        return self._in_domain(readable)

    def _like(self, readable: Readable) -> Text:
        pattern = quoted(self.choices.pick(vocabulary.GLOBS))
        return Text(f"{readable.text} like {pattern}", COMPARE, readable.guards)

    def _in_domain(self, readable: Readable) -> Text:
        domain = quoted(self.choices.pick(vocabulary.DOMAINS))
        return Text(f"{readable.text} under {domain}", COMPARE, readable.guards)

    def _about_url(self, readable: Readable) -> Text:
        return self._in_domain(readable) if self.choices.chance(70) else self._like(readable)

    def _about_path(self, readable: Readable) -> Text:
        return (
            self._under(readable, Prim("Path")) if self.choices.chance(75) else self._like(readable)
        )

    def _about_address(self, readable: Readable) -> Text:
        return self._under(readable, Prim("Cidr"))

    def _under(self, readable: Readable, outer: Type) -> Text:
        right = self._term(outer)
        return Text(f"{readable.text} under {right.text}", COMPARE, readable.guards + right.guards)

    def _about_number(self, readable: Readable) -> Text:
        count = self._counted()
        if count is None:
            return self._compared(readable, ">=")
        op = self.choices.pick(("<", ">=", "=="))
        text = f"{count.text} {op} {readable.text}"
        return Text(text, COMPARE, count.guards + readable.guards)

    # ── who, where, labels, history, defines ─────────────────────────────────────────────

    def _about_who_and_where(self) -> Text | None:
        offered = [_WHO_AND_WHERE[root] for root in self.place.roots if root in _WHO_AND_WHERE]
        return self.choices.pick(offered)(self) if offered else None

    def _about_actor(self) -> Text:
        if self.choices.chance(50):
            return Text(f"principal in {self.choices.pick(self.place.world.roles)}", COMPARE)
        kind = self.choices.pick(("agent", "human", "service"))
        return Text(f"principal is {kind}", COMPARE)

    def _about_session(self) -> Text:
        return Text(f"session saw {self.choices.pick(self.place.world.labels)}", COMPARE)

    def _about_place(self) -> Text | None:
        types = self.place.types
        outer = [
            t
            for t in self.place.world.types
            if any(self.place.world.can_be_under(i, t) for i in types)
        ]
        if not outer:
            return None
        name = f'{self.choices.pick(outer)} "{self.choices.pick(vocabulary.IDS)}"'
        alone = len(types) == 1 and all(t == types[0] for _, t in self.place.pairs)
        if alone and name.startswith(f"{types[0]} ") and self.choices.chance(50):
            return Text(f"resource == {name}", COMPARE)
        return Text(f"resource under {name}", COMPARE)

    def _history(self, depth: int) -> Text | None:
        if not self.place.history:
            return None
        from policylang.testing.histories import history_condition

        return history_condition(self)

    def _call(self, positive: bool) -> Text | None:
        world = self.place.world
        usable = [
            define
            for define in world.defines
            if ("context" in self.place.roots or not define.reads_context)
            and (positive or not define.guards)
        ]
        if not usable:
            return None
        define = self.choices.pick(usable)
        wanted = [r for r in self.readables() if r.type == define.parameter.type]
        types = [ResourceOf(t) for t in dict.fromkeys(t for _, t in self.place.pairs)]
        if "resource" in self.place.roots and types == [define.parameter.type]:
            wanted.append(Readable("resource", define.parameter.type))
        if not wanted:
            return None
        given = self.choices.pick(wanted)
        return Text(f"{define.name}({given.text})", OPERAND, given.guards)


def _guard(guard: str, positive: bool) -> Text:
    return Text(guard, COMPARE) if positive else Text(f"not {guard}", NOT)


_SPECIAL = {
    "String": Expressions._about_text,
    "Path": Expressions._about_path,
    "Url": Expressions._about_url,
    "Ip": Expressions._about_address,
    "Cidr": Expressions._about_address,
    "Int": Expressions._about_number,
}
_WHO_AND_WHERE = {
    "principal": Expressions._about_actor,
    "session": Expressions._about_session,
    "resource": Expressions._about_place,
}
