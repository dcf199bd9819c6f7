"""policylang: the policy engine that stands between AI agents and the systems they can break."""

from __future__ import annotations
