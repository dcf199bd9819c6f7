"""The permission graph: who may do what to which resources, by which rule, through which gate.

In: a Program and the known facts. Out: answers to questions, and drawings. Deliberately absent: the
evaluation of guards (an answer names them as conditions), and delegation chains.
"""

from policylang.engines.graph.answers import (
    Answer,
    Blast,
    Finding,
    Grant,
    Path,
    Reach,
    Reason,
    Step,
)
from policylang.engines.graph.permissions import PermissionGraph
from policylang.engines.graph.questions import QuestionError

__all__ = [
    "Answer",
    "Blast",
    "Finding",
    "Grant",
    "Path",
    "PermissionGraph",
    "QuestionError",
    "Reach",
    "Reason",
    "Step",
]
