"""Checks beyond types: what is allowed to be written and is hardly meant. One file each.

In: a checked Program and the places of its declarations. Out: warnings and notes. A check never
stops a policy; where the Program alone does not settle a question it stays quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.program import Program
from policylang.semantics.checks import (
    escalation,
    floor_alone,
    granted_to_anyone,
    hidden,
    never_matches,
    quorum,
    toxic_flow,
    unmentioned_operation,
    unread_attribute,
    waivers,
)
from policylang.semantics.places import Places

Check = Callable[[Program, Places], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    never_matches.check,
    hidden.check,
    unmentioned_operation.check,
    unread_attribute.check,
    quorum.check,
    waivers.check,
    granted_to_anyone.check,
    escalation.check,
    toxic_flow.check,
    floor_alone.check,
)
