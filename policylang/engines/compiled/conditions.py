"""Rules and limits as Python conditions."""

from __future__ import annotations

from collections.abc import Iterable

from policylang.engines.compiled.entries import Entry, conjuncts
from policylang.engines.compiled.logic import constant
from policylang.engines.compiled.source import Source
from policylang.ir import expressions as ir


class Writer(Source):
    """Writes the conditions of one function's entries, and collects what it has to read first."""

    def condition(self, entry: Entry, *, who_is_settled: bool = False) -> str:
        """True exactly where the entry matches a request whose facts are all there."""
        self.trust = entry.trust
        who = "" if who_is_settled else self._who(entry.who)
        tests = [who, self._where(entry.where)]
        parts = conjuncts(entry.clauses)
        if entry.trust == "known" and parts:
            tests.append(f"({self.need('trusted')} or bail())")
        if parts:
            tests.append(self.all_of(parts))
        if entry.limit is not None:
            tests.append(self._past(entry))
        return " and ".join(test for test in tests if test) or "True"

    def _past(self, entry: Entry) -> str:
        """With nothing spent before: whether this request alone exceeds the limit."""
        limit = entry.limit
        assert limit is not None
        amount = "1" if limit.amount is None else f"max(0, {self.text(limit.amount)})"
        return f"({amount} > {self.literal(constant(limit.maximum))})"

    def _who(self, whos: Iterable[ir.Who]) -> str:
        tests: list[str] = []
        for who in whos:
            match who:
                case ir.WhoAnyone():
                    return ""
                case ir.WhoId(id):
                    tests.append(f"{self.need('pid')} == {self.literal(id)}")
                case ir.WhoKind(kind):
                    tests.append(f"{self.kind()} == {self.literal(kind)}")
                case ir.WhoRole(role):
                    tests.append(f"{self.literal(role)} in {self.roles()}")
        return f"({' or '.join(tests)})"

    def _where(self, wheres: Iterable[ir.Where]) -> str:
        tests: list[str] = []
        for where in wheres:
            both = []
            if where.id is not None:
                both.append(f"{self.need('rid')} == {self.literal(where.id)}")
            if where.under is not None:
                above = (where.under.resource_type, where.under.id)
                both.append(f"{self.literal(above)} in {self.need('above_' + self.trust)}")
            if not both:
                return ""
            tests.append(" and ".join(both))
        return f"({' or '.join(tests)})"
