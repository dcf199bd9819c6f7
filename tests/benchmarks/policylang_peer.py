"""policylang among the peers of the side-by-side bench: the same work in policy text.

`PolicyLang.decide` reads every field of the decision, `PolicyLangVerdict.decide` the verdict alone.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from peers._base import Peer
from translations import request, texts

import policylang
from policylang import Request


class PolicyLang(Peer):  # type: ignore[misc]
    """Every field of the decision is read."""

    name = "policylang"
    version = "0.1.0"

    def prepare(self, w: Any) -> None:
        self.kind = w.kind
        self.folder = Path(tempfile.mkdtemp(prefix="policylang-bench-"))
        text, inventory = texts(w)
        (self.folder / "bench.pol").write_text(text)
        self.inventory = None
        if inventory is not None:
            self.inventory = self.folder / "inventory.json"
            self.inventory.write_text(json.dumps(inventory))

    def load(self) -> None:
        self.policy = policylang.load(
            self.folder / "bench.pol", inventory=self.inventory, cache=False
        )
        self._decide: Callable[[Request], Any] = self.policy.decide

    def native(self, q: dict[str, Any]) -> Request:
        return request(self.kind, q)

    def decide(self, x: Request) -> bool:
        # A request keeps its digest: forget it, so that each decision is of a new request.
        _forget(x, None)
        decision = self._decide(x)
        fields = (
            decision.verdict,
            decision.mode,
            decision.risks,
            decision.rules,
            decision.approvals,
            decision.obligations,
            decision.errors,
            decision.effects,
            decision.policy_digest,
            decision.request_digest,
            decision.id,
        )
        return fields[0] is _ALLOW

    def batch(self, xs: list[Request]) -> list[bool]:
        return [decision.allowed for decision in self.policy.decide_many(xs)]

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class PolicyLangVerdict(PolicyLang):
    """The verdict alone is read."""

    name = "policylang (verdict)"

    def decide(self, x: Request) -> bool:
        return self._decide(x).verdict is _ALLOW  # type: ignore[no-any-return]


_forget = next(vars(c)["_digest"].__set__ for c in Request.__mro__ if "_digest" in vars(c))
_ALLOW = policylang.Verdict.ALLOW
