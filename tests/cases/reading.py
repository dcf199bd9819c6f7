"""Reads `.case` files, as the `README.md` beside them says, into the checks that they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent

Kind = Literal["request", "value", "accepts", "rejects", "warns", "check", "tests"]


@dataclass(frozen=True)
class Text:
    """The files of one policy, by name; `main.pol` is its own. Hashable: it is loaded once."""

    files: tuple[tuple[str, str], ...]
    folder: bool = False
    inventory: str = ""

    @property
    def main(self) -> str:
        return dict(self.files)["main.pol"]

    def with_main(self, text: str) -> Text:
        others = tuple(file for file in self.files if file[0] != "main.pol")
        return replace(self, files=(("main.pol", text), *others))


@dataclass(frozen=True)
class Check:
    """One test: what to do with the policy, and what has to come of it."""

    id: str
    kind: Kind
    text: Text
    request: Any = None
    expected: dict[str, str] = field(default_factory=dict)
    expression: str = ""
    lines: tuple[str, ...] = ()
    same: Text | None = None

    def __str__(self) -> str:
        return self.id


@dataclass
class _Case:
    title: str
    header: str = "policy t"
    shared: str = ""
    policy: str = ""
    files: dict[str, str] = field(default_factory=dict)
    folder: bool = False
    inventory: str = ""
    base: Any = None
    same: str | None = None

    def text(self, *more: str, policy: str | None = None) -> Text:
        parts = [self.header, self.shared, self.policy if policy is None else policy, *more]
        main = "\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
        return Text((("main.pol", main), *self.files.items()), self.folder, self.inventory)


Section = tuple[str, str, str]
"""Its word, the rest of its heading, its body."""

WORDS = {"policy", "file", "folder", "inventory", "base", "same", "request", "expect"} | {
    "asks",
    "values",
    "accepts",
    "rejects",
    "warns",
    "check",
    "tests",
}


def every_check() -> list[Check]:
    return [check for path in sorted(FOLDER.glob("*.case")) for check in checks_of(path)]


def checks_of(path: Path) -> list[Check]:
    opening, *cases = ("\n" + path.read_text()).split("\n=== ")
    preambles: dict[str, str] = {}
    bases: dict[str, str] = {}
    for word, name, body in _sections(opening):
        {"preamble": preambles, "base": bases}[word][name] = body
    found = [c for case in cases for c in _checks(path.stem, case, preambles, bases)]
    return _numbered(found)


def _sections(text: str) -> Iterator[Section]:
    for part in text.split("\n--- ")[1:]:
        heading, _, body = part.partition("\n")
        word, _, rest = heading.strip().partition(" ")
        yield word, rest.strip(), body


def _checks(
    stem: str, text: str, preambles: dict[str, str], bases: dict[str, str]
) -> Iterator[Check]:
    case = _Case(text.partition("\n")[0].strip())
    sections = list(_sections(text))
    for word, rest, body in sections:
        if word not in WORDS:
            raise ValueError(f"{stem}: {case.title}: `{word}` is no section")
        _set_up(case, word, rest, body, preambles, bases)
    same = None if case.same is None else case.text(policy=_headless(case, case.same))
    for number, (word, rest, body) in enumerate(sections):
        following = sections[number + 1] if number + 1 < len(sections) else ("", "", "")
        for check in _of_section(case, word, rest, body, following):
            yield replace(check, id=f"{stem}/{case.title}/{check.id}".rstrip("/"), same=same)


def _set_up(
    case: _Case,
    word: str,
    rest: str,
    body: str,
    preambles: dict[str, str],
    bases: dict[str, str],
) -> None:
    match word:
        case "policy":
            case.policy = _headless(case, body)
            name = rest.removeprefix("with ").strip()
            if name:
                case.shared = preambles[name]
                case.base = loads(bases[name]) if name in bases else None
        case "file":
            case.files[rest] = body
        case "folder":
            case.folder = True
        case "inventory":
            case.inventory = body
        case "base":
            changes = loads(rest + body)
            case.base = changes if case.base is None else changed(case.base, changes)
        case "same":
            case.same = body


def _headless(case: _Case, body: str) -> str:
    first, _, rest = body.lstrip("\n").partition("\n")
    if not first.startswith("policy "):
        return body
    case.header = first
    return rest


def _of_section(
    case: _Case, word: str, rest: str, body: str, following: Section
) -> Iterator[Check]:
    match word:
        case "request":
            said = loads(rest + body) if (rest + body).strip() else {}
            request = said if case.base is None else changed(case.base, said)
            yield Check("", "request", case.text(), request, _expected(following))
        case "asks":
            yield from (_ask(case, line) for line in _lines(body))
        case "values":
            yield from (_value(case, line) for line in _lines(body))
        case "accepts" | "rejects" | "warns":
            for block in body.strip("\n").split("\n\n"):
                said = tuple(line for line in block.split("\n") if line.strip() == "...")
                piece = "\n".join(line for line in block.split("\n") if line.strip() != "...")
                name = f"{word} {piece.split('#!')[0].split('#?')[0].strip()[:60]}"
                name = " ".join(name.split())
                yield Check(name, word, case.text(piece), lines=said)
        case "check":
            raw = body.strip() or not (case.policy or case.shared)
            text = Text((("main.pol", body),)) if raw else case.text()
            yield Check("check", "check", text, lines=tuple(_lines(following[2])))
        case "tests":
            yield Check("tests", "tests", case.text(), lines=tuple(_lines(body)))


def _lines(body: str) -> list[str]:
    return [line.strip() for line in body.split("\n") if line.strip()]


def _expected(section: Section) -> dict[str, str]:
    word, verdict, body = section
    if word != "expect":
        raise ValueError("a request is followed by what is expected")
    return {"verdict": verdict} | dict(_field(line) for line in _lines(body))


def _field(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip(), value.strip()


def _ask(case: _Case, line: str) -> Check:
    changes, rest = _leading(line)
    verdict, *fields = [part.strip() for part in rest.removeprefix("->").split(" // ")]
    expected = {"verdict": verdict} | dict(_field(text) for text in fields)
    request = changes if case.base is None else changed(case.base, changes)
    return Check(line.split("->")[0].strip(), "request", case.text(), request, expected)


def _value(case: _Case, line: str) -> Check:
    changes, rest = _leading(line) if line.startswith("{") else ({}, line)
    expression, _, expected = rest.rpartition(" => ")
    request = changed(case.base, changes)
    rule = f"rule it:\nallow anyone to {request['operation']} on {request['resource']['type']}"
    text = case.text(f"{rule}\n    when {expression.strip()}")
    word, _, needle = expected.strip().partition(" ")
    return Check(
        line.rpartition(" => ")[0].strip(),
        "value",
        text,
        request,
        {"outcome": word, "text": needle.strip()},
        expression.strip(),
    )


def _leading(line: str) -> tuple[Any, str]:
    decoder = json.JSONDecoder(parse_float=Decimal)
    value, end = decoder.raw_decode(line)
    return _events(value), line[end:].strip()


def loads(text: str) -> Any:
    return _events(json.loads(text, parse_float=Decimal))


def _events(request: Any) -> Any:
    """`history` may hold `["kiro", "look", "Env e", "11:30", {…}]` for an event."""
    if isinstance(request, dict) and isinstance(request.get("history"), list):
        request["history"] = [_event(event) for event in request["history"]]
    return request


def _event(event: Any) -> Any:
    if not isinstance(event, list):
        return event
    who, operation, resource, time, *more = event
    id, _, kind = who.partition(":")
    type, _, name = resource.partition(" ")
    principal = {"id": id, "kind": kind} if kind else {"id": id}
    return {
        "principal": principal,
        "operation": operation,
        "resource": {"type": type, "id": name},
        "time": _time(time),
    } | (more[0] if more else {})


def _time(text: str) -> str:
    dated = text if "T" in text else f"2025-06-01T{text}"
    clock = dated.partition("T")[2]
    if "+" in clock or clock.endswith("Z"):
        return dated
    return f"{dated}{':00' if clock.count(':') == 1 else ''}Z"


def changed(base: Any, changes: dict[str, Any]) -> Any:
    """A copy of `base` with the dotted keys of `changes` set."""
    result = json.loads(json.dumps(base, default=_marked), object_hook=_unmarked)
    for dotted, value in changes.items():
        *path, last = dotted.split(".")
        holder = result
        for key in path:
            holder = holder.setdefault(key, {})
        holder[last] = value
    return result


def _marked(value: Any) -> Any:
    return {"\0decimal": str(value)}


def _unmarked(value: dict[str, Any]) -> Any:
    return Decimal(value["\0decimal"]) if "\0decimal" in value else value


def _numbered(checks: list[Check]) -> list[Check]:
    """The same line may stand twice: ids stay unique."""
    seen: dict[str, int] = {}
    unique = []
    for check in checks:
        count = seen[check.id] = seen.get(check.id, 0) + 1
        unique.append(check if count == 1 else replace(check, id=f"{check.id} ({count})"))
    return unique
