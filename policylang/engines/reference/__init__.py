"""The reference engine: what a policy means, slow and obvious. Every other engine is tested
against it.

In: a Program, all known facts, a request. Out: the full decision.
Read `decision` first: the combining of rules, on a page. Then `world` (whose facts count),
`expressions` (three-valued logic) and `history` (the past, over the whole trace).
"""

from policylang.engines.reference.decision import Reference, decide

__all__ = ["Reference", "decide"]
