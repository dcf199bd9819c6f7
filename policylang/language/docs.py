"""Documentation: the `##` comments directly above a declaration or a field."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from policylang.language.nodes import Comment


class Docs:
    """Finds the documentation of what begins at an offset."""

    def __init__(self, text: str, comments: Sequence[Comment]) -> None:
        self._text = text
        self._comments = [comment for comment in comments if comment.text.startswith("##")]
        self._starts = [comment.span.start for comment in self._comments]

    def __call__(self, start: int) -> str:
        """The lines of the block that ends on the line above, without their markers."""
        last = bisect_left(self._starts, start) - 1
        index, below = last, start
        while index >= 0 and self._is_above(self._comments[index], below):
            below = self._comments[index].span.start
            index -= 1
        return "\n".join(_said(comment) for comment in self._comments[index + 1 : last + 1])

    def _is_above(self, comment: Comment, below: int) -> bool:
        # A block is a few lines: the text between is short unless it holds a declaration.
        if below - comment.span.end > _LONGEST_GAP:
            return False
        between = self._text[comment.span.end : below]
        return not between.strip() and between.count("\n") == 1 and self._alone(comment)

    def _alone(self, comment: Comment) -> bool:
        """Whether nothing but space stands before it on its line."""
        line_start = self._text.rfind("\n", 0, comment.span.start) + 1
        return not self._text[line_start : comment.span.start].strip(" \t\ufeff")


_LONGEST_GAP = 1000


def _said(comment: Comment) -> str:
    text = comment.text.lstrip("#")
    return text.removeprefix(" ").rstrip()
