"""The registry of diagnostic codes: what each is called, and how severe it is by default.

One line a code, in its range; each has its page `docs/reference/diagnostics/CODE.md`. A code is
never used again for something else.

| range | about |
|---|---|
| P00xx | reading files, and syntax |
| P01xx | names and modules |
| P02xx | types |
| P03xx | rules, waivers, signals, history |
| P04xx | lints: warnings about what is allowed but hardly meant |
| P05xx | inventories and requests |
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from policylang.diagnostics.diagnostic import Severity


class Code(Struct, frozen=True):
    """`title` is a few lower-case words, without any text of the user's."""

    title: str
    severity: Severity = "error"


# fmt: off
CODES: Final[dict[str, Code]] = {
    # ── P00xx: reading files, and syntax ─────────────────────────────────────────────────
    "P0001": Code("path not found"),
    "P0002": Code("folder without policies"),
    "P0003": Code("not a readable file"),
    "P0004": Code("text that is not UTF-8"),
    "P0005": Code("file too large"),
    "P0006": Code("NUL byte in a file"),
    "P0007": Code("link that leads out of its folder", "warning"),
    "P0010": Code("word or sign that does not fit"),
    "P0011": Code("string without an end"),
    "P0012": Code("bad escape in a string"),
    "P0013": Code("character that means nothing"),
    "P0014": Code("letter outside of ASCII in a name"),
    "P0015": Code("policy line missing or out of place"),
    "P0016": Code("nested too deep"),
    "P0017": Code("malformed number, duration, size or time"),
    "P0018": Code("sign of another language"),
    "P0019": Code("string in single quotes"),
    "P0020": Code("upper and lower case"),
    "P0021": Code("reserved word as a name"),
    "P0022": Code("said twice"),
    "P0023": Code("unknown outcome"),
    "P0024": Code("declaration that is not there yet"),
    "P0025": Code("too many errors", "note"),
    "P0026": Code("part in the wrong place"),
    # ── P01xx: names and modules ─────────────────────────────────────────────────────────
    "P0101": Code("type that is not declared"),
    "P0102": Code("role that is not declared"),
    "P0103": Code("risk class that is not declared"),
    "P0104": Code("principal that is not declared"),
    "P0105": Code("operation that is not declared"),
    "P0106": Code("label that is not declared"),
    "P0107": Code("signal that is not declared"),
    "P0108": Code("define that is not declared"),
    "P0109": Code("name of a module that is not used"),
    "P0110": Code("name declared twice"),
    "P0111": Code("roles that are nested in one another"),
    "P0112": Code("resources that contain one another"),
    "P0114": Code("define that calls itself"),
    "P0115": Code("name that means nothing here"),
    "P0116": Code("variable with the name of an enum's member"),
    "P0117": Code("redeclared built-in name"),
    "P0190": Code("module not found"),
    "P0191": Code("modules that use one another"),
    "P0192": Code("module name kept for the standard library"),
    # ── P02xx: types ─────────────────────────────────────────────────────────────────────
    "P0201": Code("values of different types compared"),
    "P0202": Code("not a member of the enum"),
    "P0203": Code("unknown attribute"),
    "P0204": Code("unknown parameter"),
    "P0205": Code("unknown key of the context"),
    "P0207": Code("attribute that not everything has"),
    "P0208": Code("optional value read without has"),
    "P0209": Code("attribute of different types"),
    "P0210": Code("malformed value"),
    "P0211": Code("operator that does not apply"),
    "P0212": Code("condition that is not true or false"),
    "P0213": Code("value of the wrong type"),
    "P0214": Code("root that cannot be read here"),
    "P0215": Code("wrong number of arguments"),
    "P0216": Code("nothing says of which type"),
    "P0217": Code("type that cannot be"),
    "P0218": Code("value without attributes"),
    "P0219": Code("role of something that is no principal"),
    # ── P03xx: rules, waivers, signals, history ──────────────────────────────────────────
    "P0301": Code("clause that does not belong to the rule"),
    "P0302": Code("said twice in one declaration"),
    "P0303": Code("approval that nobody can give"),
    "P0304": Code("waiver without a bound"),
    "P0305": Code("waiver that the actor could bring about"),
    "P0306": Code("signal that opens a deterministic operation"),
    "P0307": Code("history condition that can never hold"),
    "P0308": Code("history condition that always holds"),
    "P0309": Code("window that is none"),
    "P0310": Code("limit that cannot be counted"),
    "P0311": Code("parent that the type does not allow"),
    "P0312": Code("define that reads more than its parameters"),
    "P0313": Code("history in a wrong shape"),
    "P0314": Code("key that no tool has"),
    "P0315": Code("waiver of std.self"),
    "P0390": Code("claim that is not proved", "note"),
    # ── P04xx: lints ─────────────────────────────────────────────────────────────────────
    "P0401": Code("rule that can never match", "warning"),
    "P0402": Code("rule hidden by a stricter one", "warning"),
    "P0403": Code("operation that no rule mentions", "warning"),
    "P0404": Code("attribute that is never read", "warning"),
    "P0405": Code("approval that can never be met", "warning"),
    "P0406": Code("waiver of a floor", "note"),
    "P0407": Code("write or stricter granted to anyone", "warning"),
    "P0408": Code("escalation through a conferred role", "warning"),
    "P0409": Code("private, untrusted and outside in one session", "warning"),
    "P0410": Code("grant that only a floor holds back", "warning"),
    # ── P05xx: inventories and requests ──────────────────────────────────────────────────
    "P0501": Code("inventory that cannot be read"),
    "P0502": Code("inventory that is not YAML or JSON"),
    "P0503": Code("key given twice"),
    "P0504": Code("unknown key in an inventory"),
    "P0505": Code("wrong shape of an inventory"),
    "P0506": Code("inventory names an undeclared type"),
    "P0507": Code("inventory names an undeclared attribute"),
    "P0508": Code("parent that the type does not allow"),
    "P0509": Code("inventory names an undeclared role"),
    "P0510": Code("unknown kind of principal"),
    "P0511": Code("resource or principal described twice"),
    "P0512": Code("kind that contradicts the policy"),
    "P0513": Code("malformed value in an inventory"),
    "P0514": Code("inventories that contradict one another"),
    "P0515": Code("resources that contain one another"),
    "P0516": Code("inventory source that fails"),
    "P0517": Code("YAML feature that an inventory may not use"),
}
# fmt: on
