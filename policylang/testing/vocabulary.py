"""The small pools of names and values that generated policies and requests are made of.

They are small on purpose: a rule and a request that draw from three ids often meet.
"""

from __future__ import annotations

from typing import Any, Final

from policylang.model.types import EnumOf, Prim, ResourceOf, SetOf, Type
from policylang.testing.choices import Choices

TYPES: Final = ("Env", "Database", "Mailbox", "Folder", "BigDoc")
OPERATIONS: Final = ("look", "change", "purge", "send", "plan", "transfer", "query", "grant")
ATTRIBUTES: Final = ("stage", "level", "name", "flag", "price", "tags", "made", "home", "limit")
PARAMETERS: Final = ("amount", "to", "force", "rows", "target", "within")
CONTEXT: Final = ("ticket", "urgent", "source", "since")
SIGNALS: Final = ("anomaly", "trust", "mood")
ROLES: Final = ("Dev", "Sre", "Boss", "Ops")
RISKS: Final = ("Alpha", "Beta", "Gamma")
LABELS: Final = ("secretive", "tainted")
PRINCIPALS: Final = ("kiro", "ana", "bob", "svc one")
IDS: Final = ("a", "b", "c")
VARIABLES: Final = ("it", "each_one", "x")
OBLIGATIONS: Final = (
    "snapshot",
    "dry_run",
    "sandbox(codegen)",
    'notify("ops", 3)',
    "redact(resource.id)",
)

STANDARD_RISKS: Final = (
    "Read",
    "Write",
    "Execution",
    "External",
    "Disruptive",
    "Destructive",
    "Financial",
    "Secrets",
    "Permissions",
    "Unknown",
)
ENUMS: Final = (
    EnumOf(("dev", "staging", "prod")),
    EnumOf(("low", "high")),
    EnumOf(("deny", "each", "prod")),
)
DOMAINS: Final = ("example.com", "evil.net", "Api.Example.com.")
GLOBS: Final = ("a*", "*", "?b", "*.example.com*", "/srv/*", "", "a\\*")

VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "Bool": (True, False),
    "Int": (0, 1, 2, 3, 10, -1, 10**20),
    "Decimal": ("0.5", 1, "2.25", 2, "-0.5", "0.10"),
    "String": ("a", "b", "ab", "", "A", "é", "api.example.com"),
    "Time": (
        "2025-12-15T03:00:00Z",
        "2025-12-15T04:00:00Z",
        "2025-12-15T05:00:00+01:00",
        "2025-12-15T03:59:59.999999999Z",
        "2025-12-14T03:00:00Z",
    ),
    "Duration": ("10m", "1h", "60m", "2h", "1s", "1d"),
    "Size": ("1KB", "1KiB", "1000B", "2GiB", "0B"),
    "Path": ("/srv", "/srv/app", "/srv/x/../app", "rel/x", "rel//./x/y", "/"),
    "Url": (
        "https://api.example.com/x",
        "https://evil.net/",
        "http://EXAMPLE.com",
        "https://example.com.evil.net/a",
    ),
    "Ip": ("10.0.0.1", "::ffff:10.0.0.1", "10.0.1.2", "2001:db8::1", "192.168.0.1"),
    "Cidr": ("10.0.0.0/24", "10.0.0.0/8", "2001:db8::/32", "10.0.0.1/32"),
}
"""Values in the wire's form, all of the declared type, none that cannot be placed."""

ODD: Final = ("not a host", "../a", "a/../../b", "mailto:a@b", "urn:x:y", "1", "\u00e9.example.com")
"""Texts on which an `under` can founder."""

WRONG: Final[tuple[Any, ...]] = (
    None,
    "\x00",
    -7,
    True,
    "10.0.0.1/8",
    (),
    ("a", 1),
    {"type": "Env", "id": 1},
    1.5,
    "2025-02-30T00:00:00Z",
)
"""Values that fit few types, if any."""

_QUOTED: Final = ("String", "Path", "Url", "Ip", "Cidr")


def value(choices: Choices, type_: Type) -> Any:
    """A value of the type in the wire's form."""
    match type_:
        case Prim(name):
            return choices.pick(VALUES[name])
        case EnumOf(members):
            return choices.pick(members)
        case SetOf(element):
            return tuple(value(choices, element) for _ in range(choices.integer(0, 3)))
        case ResourceOf(name):
            return {"type": name, "id": choices.pick(IDS)}


def literal(type_: Type, wire: Any) -> str:
    """The literal of a policy that says the value."""
    match type_:
        case Prim("Bool"):
            return "true" if wire else "false"
        case Prim("Time"):
            return f"@{wire}"
        case Prim(name) if name in _QUOTED:
            return quoted(wire)
        case SetOf(element):
            return "[" + ", ".join(literal(element, item) for item in wire) + "]"
    return str(wire)


def quoted(text: str) -> str:
    """A string literal; what the pools hold needs no escapes but these."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def writable(type_: Type) -> bool:
    """Whether the type has literals: a reference to a resource has none."""
    match type_:
        case ResourceOf():
            return False
        case SetOf(element):
            return writable(element)
    return True
