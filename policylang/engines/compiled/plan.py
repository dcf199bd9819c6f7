"""Everything about one operation on one type that does not depend on the request."""

from __future__ import annotations

from functools import cached_property

from policylang.engines.admission import Schema
from policylang.engines.compiled.combine import Matches, Stance, combine, stance_of
from policylang.engines.compiled.entries import Catalogue, Entry, Subject
from policylang.engines.compiled.filed import Filed
from policylang.engines.compiled.index import Index, build_index
from policylang.engines.compiled.judge import Judge, compile_judge
from policylang.engines.compiled.known import MEMO, Known
from policylang.model.decision import Record


class Plan:
    """Made when the operation is first asked for; a large policy has many that never are."""

    def __init__(self, schema: Schema, catalogue: Catalogue, subject: Subject) -> None:
        self.schema = schema
        self.subject = subject
        self.stance: Stance = stance_of(schema, subject.risks, subject.type)
        self.entries: list[Entry] = catalogue.entries(schema, subject)
        self._records: dict[str, dict[int, Record]] = {}

    @cached_property
    def index(self) -> Index:
        return build_index(self.entries)

    def judge(self, known: Known) -> Judge:
        return compile_judge(self, known)

    def records(self, kind: str) -> dict[int, Record]:
        """Records that were built before, by key: `with_agent`, whose floors differ, or `other`."""
        return self._records.setdefault(kind, {})

    def build(self, key: int, kind: str) -> Record:
        """The record of a key: see `judge` for what its digits and bits are."""
        matches = Matches([], [], [], [], [], [])
        for number in self._numbers(key):
            entry = self.entries[number]
            if entry.rule is not None:
                matches.add(entry.rule, self.stance)
            elif entry.limit is not None:
                matches.past.append(entry.limit)
        record = combine(self.schema, self.stance, "agent" if kind == "with_agent" else "", matches)
        records = self.records(kind)
        if len(records) >= MEMO:
            records.clear()
        records[key] = record
        return record

    def build_first(self, first: Filed, kind: str) -> Record:
        """The record where that entry alone matches; the entry keeps it."""
        record = self.build(first.digit << len(self.index.inline), kind)
        setattr(first, kind, record)
        return record

    def _numbers(self, key: int) -> list[int]:
        inline = self.index.inline
        found = [number for bit, number in enumerate(inline) if key >> bit & 1]
        hits, base = key >> len(inline), len(self.entries) + 1
        while hits:
            hits, digit = divmod(hits, base)
            found.append(digit - 1)
        return found
