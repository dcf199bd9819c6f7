"""The compiled engine: the reference engine's decisions, fast.

In: a Program, all known facts, requests. Out: the same full decisions. Each operation on a type has
a generated function (`judge`) for requests whose facts are all there; everything else goes the
careful path (`careful`), which names what is missing. Deliberately absent: an opinion of its own.
"""

from policylang.engines.compiled.engine import CompiledEngine

__all__ = ["CompiledEngine"]
