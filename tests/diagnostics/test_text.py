"""Problems as text: the look, snapshot by snapshot, and what holds for all inputs."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from policylang.diagnostics import render_text
from policylang.diagnostics.cells import width
from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.order import in_order, summary
from policylang.diagnostics.span import Source, Span


def of(source: Source, text: str, nth: int = 0) -> Span:
    """Where `text` stands in the source for the nth time, from 0."""
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return Span(start, start + len(text))


def problem(source: Source, text: str, label: str = "here", **more: object) -> Diagnostic:
    return Diagnostic(
        "P0203",
        "error",
        "a message",
        source,
        of(source, text),
        label,
        **more,  # type: ignore[arg-type]
    )


def shown(*diagnostics: Diagnostic, **options: object) -> str:
    return render_text(diagnostics, **options)  # type: ignore[arg-type]


def text(lines: str) -> str:
    return dedent(lines).lstrip("\n")


PROD = Source(
    "prod.pol",
    dedent(
        """\
        policy prod

        resource Environment {
            stage: dev | prod
            a: Int
            b: Int
            c: Int
            d: Int
        }

        allow anyone to delete on Environment
            when resource.stgae == prod
        """
    ),
)


def test_the_look_of_the_house() -> None:
    found = Diagnostic(
        "P0203",
        "error",
        "`stgae` is not an attribute of `Environment`",
        PROD,
        of(PROD, "stgae"),
        "not found",
        "did you mean `stage`?",
    )
    assert shown(found) == text(
        """
        error[P0203]: `stgae` is not an attribute of `Environment`
          ┌─ prod.pol:12:19
        12│     when resource.stgae == prod
          │                   ^^^^^ not found
          = help: did you mean `stage`?

        1 error
        """
    )


def test_nothing_found_is_nothing_shown() -> None:
    assert shown() == ""


def test_a_second_place_in_the_same_file_and_one_in_another() -> None:
    other = Source("roles.pol", "role A\nrole B\n")
    found = problem(
        PROD,
        "stgae",
        labels=(
            Label(PROD, of(PROD, "Environment"), "declared here"),
            Label(other, of(other, "B"), "and there"),
        ),
    )
    assert shown(found) == text(
        """
        error[P0203]: a message
          ┌─ prod.pol:12:19
         3│ resource Environment {
          │          ----------- declared here
          ·
        12│     when resource.stgae == prod
          │                   ^^^^^ here
          ┌─ roles.pol:2:6
         2│ role B
          │      - and there

        1 error
        """
    )


def test_two_marks_on_one_line_stand_under_each_other() -> None:
    source = Source("a.pol", "rule a: rule b: deny\n")
    found = problem(source, "b", labels=(Label(source, of(source, "a"), "first"),))
    assert shown(found) == text(
        """
        error[P0203]: a message
          ┌─ a.pol:1:14
         1│ rule a: rule b: deny
          │      - first
          │              ^ here

        1 error
        """
    )


def test_a_mark_over_several_lines_has_a_bracket() -> None:
    span = Span(of(PROD, "resource").start, PROD.text.index("}") + 1)
    assert shown(Diagnostic("P0401", "warning", "too much", PROD, span, "all of it")) == text(
        """
        warning[P0401]: too much
          ┌─ prod.pol:3:1
         3│ ╭ resource Environment {
         4│ │     stage: dev | prod
         5│ │     a: Int
          · │
         7│ │     c: Int
         8│ │     d: Int
         9│ │ }
          │ ╰─^ all of it

        1 warning
        """
    )


def test_a_mark_over_two_lines_shows_both() -> None:
    source = Source("a.pol", "one\ntwo\n")
    assert shown(Diagnostic("P0001", "note", "both", source, Span(0, 7))) == text(
        """
        note[P0001]: both
          ┌─ a.pol:1:1
         1│ ╭ one
         2│ │ two
          │ ╰─^

        1 note
        """
    )


def test_tabs_and_wide_characters_keep_the_carets_in_place() -> None:
    source = Source("a.pol", 'x\twhen "日本語é́" == bad\n')
    assert shown(problem(source, "bad")) == text(
        """
        error[P0203]: a message
          ┌─ a.pol:1:19
         1│ x   when "日本語é́" == bad
          │                       ^^^ here

        1 error
        """
    )


def test_a_long_line_is_shown_around_its_mark() -> None:
    source = Source("a.pol", "a" * 500 + " bad " + "b" * 500)
    out = shown(problem(source, "bad"), width=40)
    assert out == text(
        """
        error[P0203]: a message
          ┌─ a.pol:1:502
         1│ …aaaaaaaaaaa bad bbbbbbbbbbbbbbbbbb…
          │              ^^^ here

        1 error
        """
    )


def test_a_mark_longer_than_the_line_is_cut_with_it() -> None:
    source = Source("a.pol", "a" * 500)
    out = shown(Diagnostic("P0001", "error", "long", source, Span(0, 500)), width=40)
    assert " 1│ " + "a" * 34 + "…\n  │ " + "^" * 34 + "\n" in out


def test_an_empty_file_and_the_end_of_a_file_are_marked_too() -> None:
    empty = shown(Diagnostic("P0001", "error", "no text", Source("e.pol", ""), Span(0, 0), "here"))
    assert " 1│\n  │ ^ here\n" in empty
    end = Source("e.pol", "rule")
    assert " 1│ rule\n  │     ^ here\n" in shown(
        Diagnostic("P0001", "error", "more expected", end, Span(4, 4), "here")
    )


def test_a_whole_file_and_no_file_at_all() -> None:
    whole = Diagnostic("P0001", "error", "not readable", Source("x.pol", ""), help="one\ntwo")
    assert shown(whole, Diagnostic("P0002", "warning", "nothing to check")) == text(
        """
        warning[P0002]: nothing to check

        error[P0001]: not readable
          ┌─ x.pol
          = help: one
                  two

        1 error, 1 warning
        """
    )


def test_what_would_rewrite_the_terminal_is_made_visible() -> None:
    source = Source("\x1b[2Jx.pol", "a \x1b[31m \u202e \x00 b\n")
    out = shown(Diagnostic("P0001", "error", "say \x1b]0;x\x07", source, Span(12, 13), "\x9b0m"))
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "␛[31m <U+202E> ␀ b" in out


def test_colour_only_adds_to_the_text() -> None:
    import re

    found = problem(PROD, "stgae", help="h", labels=(Label(PROD, of(PROD, "prod"), "x"),))
    colored = shown(found, color=True)
    assert "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == shown(found)


def test_sorted_by_file_and_place_and_each_once() -> None:
    a, b = Source("a.pol", "one two three"), Source("b.pol", "one two three")
    late, early, elsewhere = problem(a, "three"), problem(a, "one"), problem(b, "one")
    assert in_order([elsewhere, late, early, late]) == [early, late, elsewhere]
    assert in_order([early, problem(Source("a.pol", a.text), "one")]) == [early]


def test_the_summary_counts_each_severity() -> None:
    errors = [problem(PROD, name) for name in ("a", "b", "c")]
    warning = Diagnostic("P0401", "warning", "w")
    assert summary([*errors, warning]) == "3 errors, 1 warning"
    assert summary([]) == "no problems"


spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: Span(min(p), max(p)))
texts = st.text(st.sampled_from("ab \t\n\r日é\u0301\x00\u202e\ud800🎉"), max_size=50)


@given(texts, st.lists(spans, min_size=1, max_size=4), st.integers(10, 120), st.booleans())
def test_any_text_and_any_spans_can_be_shown(
    body: str, places: list[Span], columns: int, color: bool
) -> None:
    source = Source("any.pol", body)
    labels = tuple(Label(source, span, "label") for span in places[1:])
    found = Diagnostic("P0001", "error", "m", source, places[0], "main", "", labels)
    out = shown(found, width=columns, color=color)
    assert "main" in out
    assert out.count("label") == len(labels)
    out.replace("\n", "").encode()


@given(st.text(st.sampled_from("ab日é\u0301\t"), max_size=20), st.sampled_from("xyz"))
def test_a_caret_stands_under_what_it_marks(before: str, marked: str) -> None:
    source = Source("a.pol", f"{before}{marked} rest")
    start = len(before)
    out = shown(Diagnostic("P0001", "error", "m", source, Span(start, start + 1)), width=200)
    _, _, line, carets, *_ = out.split("\n")
    assert width(line.partition(marked)[0]) == carets.index("^")
