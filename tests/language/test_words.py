"""Every keyword, in every position where it is a plain name, and where it is not."""

from __future__ import annotations

import pytest

from policylang.diagnostics.span import Source
from policylang.language import parse
from policylang.language.tables import tables
from tests.language.trees import bare

KEYWORDS = sorted(tables().keywords)
NEVER = {"not", "any", "all", "formerly", "true", "false"} | {
    "principal", "resource", "args", "context", "session", "signal", "event", "input",
}  # fmt: skip
MEMBERS = sorted(set(KEYWORDS) - NEVER)

NAMES = """
resource X {{ {w}: Int }}
resource X {{ a: Int {w}: Int b: Int }}
resource X {{ a: Int, {w}: Int }}
resource X {{ a: dev | prod {w}: Int }}
resource X {{ a: dev | prod = dev {w}: Set<Int> }}
principal {{ {w}: Int }}
context {{ a: Int? {w}: Int? }}
operation o({w}: Int) on X is R
operation o(a: Int, {w}: Int) on X is R
allow anyone to a on X when resource.{w}
allow anyone to a on X when resource.{w}.{w} == args.{w}
allow anyone to a on X when context.{w} and principal.{w}
allow anyone to a on X when resource has {w}
allow anyone to a on X when resource has {w} and resource.{w} > 3
allow anyone to a on X when formerly a where event.args.{w} == args.{w} within 1h
allow anyone to a on X when sum(args.{w} of a within 1h) > 3
agent a {{ {w}: 1 }}
agent a {{ b: prod {w}: 1 }}
entity T "x" {{ b: 1, {w}: 1 }}
test "a" k a({w}: 1) T "x" => deny
test "a" k a(b: c, {w}: 1) T "x" {{ {w}: 1 }} => deny
test "a" given done a({w}: 1) on T "x" by k 1h ago k a T "x" => deny
tool "x" is a({w}: input.{w}) on T(input.{w}) {{ {w}: input.{w} }}
tool "x" is a on T(b) {{ c: input.d == e {w}: f }}
rule {w}: allow anyone to a on X
rule {w}: limit a on X by anyone to 1 per 1h
signal {w}: Int
"""

MEMBER = """
resource X {{ a: {w} | b }}
resource X {{ a: b | {w} }}
resource X {{ a: b | {w} | c c: Int }}
resource X {{ a: (b | {w})? }}
resource X {{ a: Set<{w} | b> }}
resource X {{ a: b | {w} = {w} }}
resource X {{ a: b | {w} = {w} c: Int }}
resource X {{ a: b | {w} = {w}, c: Int }}
resource X {{ a: Set<b | {w}> = [b, {w}] }}
resource X {{ a: Set<b | {w}> = [{w}, b] c: Int }}
signal x: {w} | b
operation o(a: {w} | b) on X is R
operation o(a: b | {w} = {w}, c: Int) on X is R
agent a {{ b: {w} }}
agent a {{ b: {w}, c: {w} }}
agent a {{ b: {w} c: {w} }}
agent a {{ b: [{w}] }}
entity T "x" {{ b: {w} }}
test "a" k a(b: {w}) T "x" {{ c: {w} }} => deny
test "a" k a(b: {w}, c: {w}) T "x" => deny
test "a" given context c = {w} k a T "x" => deny
test "a" given context c = {w} given signal d = {w} agent "k" in R a T "x" => deny
test "a" given context c = {w} agent "k" a T "x" => deny
allow anyone to a on X when resource.a == {w}
allow anyone to a on X when {w} == resource.a
allow anyone to a on X when not {w} == resource.a
allow anyone to a on X when resource.a != {w} and resource.b == {w}
allow anyone to a on X when resource.a == {w} or {w} != resource.b
allow anyone to a on X when (resource.a == {w})
allow anyone to a on X when ({w} == resource.a)
allow anyone to a on X when resource.a in [{w}]
allow anyone to a on X when resource.a in [b, {w}, c]
allow anyone to a on X when resource.a in [{w}, {w}]
allow anyone to a on X when resource.tags contains {w}
allow anyone to a on X when any x in resource.tags: x == {w}
allow anyone to a on X when any x in resource.tags: {w} == x
allow anyone to a on X when is_it({w})
allow anyone to a on X when is_it(resource, {w})
allow anyone to a on X when is_it({w}, resource)
allow anyone to a on X when resource.a == {w} unless resource.b == {w} because "x"
allow anyone to a on X when resource.a == {w} when resource.b
allow anyone to a on X when resource.a == {w} with redact({w}, x)
allow anyone to a on X when formerly a where event.args.x == {w} within 1h
allow anyone to a on X when formerly a where {w} == event.args.x within 1h
allow anyone to a on X unless {w} == resource.a
limit a on X by anyone to 1 per 1h when resource.a == {w}
define f(x: Int) = x.a == {w}
define f(x: Int) = {w} == x.a
tool "x" is a(b: {w}) on T(c)
tool "x" is a(b: {w}, c: d) on T(c) {{ d: {w} }}
tool "x" is a on T(c) {{ d: {w} e: {w} }}
"""

# What may come behind a member that ends a declaration.
FOLLOWERS = """
role R
resource Y
resource Y { a: Int }
operation o on X is R
agent k in R
agent "k"
principal { a: Int }
context { a: Int }
label l
signal s: Int
entity T "x"
define g(a: Int) = a
tool "x" is a on T(b)
rule r: allow anyone to a on X
allow any agent to a on X
deny R to a on X
require approval for anyone to a on X
limit any R on any by anyone to 1 per 1h
prove "x" never allow anyone to a on X
test "x" k a T "x" => deny
use a.b
risk R adaptive
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def declared(text: str) -> object:
    parsed = parse(Source("case.pol", "policy t\n" + text))
    assert parsed.diagnostics == (), (text, [d.message for d in parsed.diagnostics])
    return bare(parsed.module.declarations)


@pytest.mark.parametrize("template", lines(NAMES))
def test_every_keyword_is_a_name_behind_a_dot_or_has_and_before_a_colon(template: str) -> None:
    for word in KEYWORDS:
        plain = declared(template.format(w="zzz"))
        assert _renamed(declared(template.format(w=word)), word) == _renamed(plain, word)


@pytest.mark.parametrize("template", lines(MEMBER))
def test_a_keyword_is_the_member_of_an_enum(template: str) -> None:
    for word in MEMBERS:
        plain = declared(template.format(w="zzz"))
        assert _renamed(declared(template.format(w=word)), word) == plain, word


@pytest.mark.parametrize("follower", lines(FOLLOWERS))
def test_a_member_at_the_end_leaves_the_next_declaration_whole(follower: str) -> None:
    behind = declared(follower)
    for word in MEMBERS:
        for first in ("allow anyone to a on X when resource.a == {}", "define f(x: Int) = x == {}"):
            assert declared(first.format(word) + "\n" + follower)[1:] == behind, word


@pytest.mark.parametrize("word", sorted(NEVER))
@pytest.mark.parametrize(
    "template",
    [
        "resource X {{ a: {w} | b }}",
        "resource X {{ a: b | {w} }}",
        "allow anyone to a on X when resource.a in [b, {w}]",
        "agent a {{ b: [{w}, c] }}",
    ],
)
def test_some_are_never_members(word: str, template: str) -> None:
    parsed = parse(Source("case.pol", "policy t\n" + template.format(w=word)))
    legal = word in ("true", "false") and "[" in template
    assert (not parsed.diagnostics) == legal


@pytest.mark.parametrize(
    "template",
    [
        "agent {w} in R",
        "label a, {w}",
        "operation {w} on X is R",
        "define {w}(a: Int) = a",
        "define f({w}: Int) = 1 > 2",
        "allow {w} to a on X",
        "allow anyone to {w} on X",
        "allow anyone to a on X with {w}",
        "allow anyone to a on X when any {w} in resource.a: b",
        "allow anyone to a on X when session saw {w}",
        "use {w}",
        "test 'x' k {w} T 'x' => deny".replace("'", '"'),
    ],
)
def test_elsewhere_a_keyword_is_reserved(template: str) -> None:
    assert declared(template.format(w="zzz"))
    legal = {"allow {w} to a on X": {"anyone"}, "allow anyone to {w} on X": {"anything"}}
    legal["allow anyone to a on X with {w}"] = {"sandbox"}
    for word in set(KEYWORDS) - legal.get(template, set()):
        parsed = parse(Source("case.pol", "policy t\n" + template.format(w=word) + "\n"))
        assert parsed.diagnostics, template.format(w=word)


def test_functions_stay_functions() -> None:
    text = "define f(x: Int) = x == size(a) and x == count(b within 1h) or previous is c within 1h"
    words = str(declared(text))
    assert "CallExpr" in words
    assert "AggregateExpr" in words
    assert "PreviousExpr" in words


def _renamed(tree: object, word: str) -> object:
    """The tree with the word replaced by `zzz`, where it is a name."""
    if isinstance(tree, tuple):
        if tree and tree[0] in ("Name", "MemberLit") and word in tree[1:]:
            return (tree[0], "zzz")
        return tuple(_renamed(item, word) for item in tree)
    return tree
