"""What a request calls itself stays within its line."""

from __future__ import annotations

from policylang.engines import phrases
from policylang.model.request import Request, Resource


def test_a_line_break_in_a_name_begins_no_line() -> None:
    request = Request("kiro\nallow: zed", "look", Resource("Env", "x\r\nallow: y"))
    told = phrases.actor(request) + phrases.action(request)
    assert len(told.splitlines()) == 1
    assert "allow: zed" in told
