"""The one canonical text of a source.

The tree says which words there are (print_declarations.py), in which logical lines; the source
says where the comments stand among them. Words are matched with the source's tokens one by one,
so that each comment comes back between the same two words: behind a word if it stood behind one,
else on a line of its own. A line of more than 100 columns goes on after a comma or before `and`,
`or` and `|`. Blank lines between declarations stay, at most one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policylang.diagnostics.span import Source
from policylang.language import nodes
from policylang.language.layout import Layout
from policylang.language.lexer import tokenise
from policylang.language.parser import parse
from policylang.language.pieces import Line, Piece, pieces_of
from policylang.language.print_declarations import DeclarationPrinter
from policylang.language.tables import tables

COLUMNS: Final = 100


def format_source(source: Source) -> str | None:
    """The canonical text, with `\\n` line ends; None if the source has a syntax error."""
    parsed = parse(source)
    if any(diagnostic.severity == "error" for diagnostic in parsed.diagnostics):
        return None
    declarations = list(_printed(parsed.module))
    _match(source, [piece for lines in declarations for piece in _pieces(lines)])
    layout = Layout(source.text, parsed.module.comments, COLUMNS)
    for lines in declarations:
        layout.declaration(lines)
    return layout.finish()


def _printed(module: nodes.Module) -> Iterator[list[Line]]:
    assert module.name is not None
    yield DeclarationPrinter().policy(module.name)
    for declaration in module.declarations:
        yield DeclarationPrinter().declaration(declaration)


def _pieces(lines: list[Line]) -> Iterator[Piece]:
    for line in lines:
        yield from pieces_of(line.parts)


def _match(source: Source, pieces: list[Piece]) -> None:
    """Give every piece its place in the source.

    The source has tokens that no piece has: commas between attributes, empty braces, and
    parentheses around a type that needs none.
    """
    table = tables()
    tokens = tokenise(source.text, table.keywords, table.signs)
    places = zip(tokens.kinds, tokens.starts, tokens.ends, strict=True)
    end = 0
    for piece in pieces:
        if piece.added:
            piece.start = piece.end = end
            continue
        for kind, start, end in places:
            written = source.text[start:end]
            if written == piece.text or (kind == "STRING" and piece.text.startswith('"')):
                piece.text, piece.start, piece.end = written, start, end
                break
