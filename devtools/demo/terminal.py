"""Output on a terminal: headings, columns that align, a spinner; plain text where there is none."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.status import Status
from rich.text import Text

WIDTH = 80
"""Characters per line where no terminal says how many there are, and at most."""
INDENT = " " * 3
GAP = " " * 3
LONGEST_VALUE = 28
"""Longer values from the data are cut."""
GOOD, ATTENTION, QUIET, STRONG = "green", "yellow", "dim", "bold"


class Page:
    """Writes headings, paragraphs and tables. Colours appear on a terminal only, and not if NO_COLOR is set.

    Args:
        file: where to write; by default the standard output.
    """

    def __init__(self, file: IO[str] | None = None) -> None:
        self._console = Console(file=file or sys.stdout, highlight=False, markup=False, emoji=False)
        self._width = min(WIDTH, self._console.width) if self._console.is_terminal else WIDTH
        self._chapters = 0

    def title(self, text: str, below: str) -> None:
        """The first lines."""
        self.gap()
        self._write(Text(text, STRONG))
        self._write(Text(below, QUIET))

    def chapter(self, text: str) -> None:
        """A numbered heading."""
        self._chapters += 1
        self.gap()
        self._write(Text.assemble((f"{self._chapters}  ", QUIET), (text, STRONG)))

    def gap(self) -> None:
        """An empty line."""
        self._write(Text())

    def say(self, text: str, style: str = "") -> None:
        """A paragraph, wrapped."""
        for line in textwrap.wrap(text, self._width - len(INDENT), break_on_hyphens=False):
            self.line(line, style)

    def line(self, text: str, style: str = "") -> None:
        """One line, not wrapped."""
        self._write(Text.assemble(INDENT, (text, style)))

    def table(
        self,
        rows: Sequence[Sequence[object]],
        *,
        heads: Sequence[str] = (),
        right: Sequence[int] = (),
        styles: dict[int, str] | None = None,
    ) -> None:
        """Rows in aligned columns; the last column is wrapped under itself.

        Args:
            rows: cells as `written` takes them, the same number in each row.
            heads: a word above each column.
            right: columns (0 based) that are aligned to the right.
            styles: style of a column.
        """
        cells = [[written(cell) for cell in row] for row in rows]
        columns = list(zip(*([list(heads)] if heads else []), *cells, strict=True))
        widths = [max(map(cell_len, column)) for column in columns]
        if heads:
            self._row(heads, widths, right, dict.fromkeys(range(len(heads)), QUIET))
        for row in cells:
            self._row(row, widths, right, styles or {})

    def _row(self, cells: Sequence[str], widths: Sequence[int], right: Sequence[int], styles: dict[int, str]) -> None:
        *aligned, last = range(len(cells))
        before = len(INDENT) + sum(widths[:last]) + len(GAP) * last
        lines = textwrap.wrap(cells[last], max(self._width - before, 18), break_on_hyphens=False) or [""]
        if last in right:
            lines[0] = _sized(lines[0], widths[last], is_right=True)
        text = Text(INDENT)
        for column in aligned:
            text.append(_sized(cells[column], widths[column], is_right=column in right), styles.get(column, ""))
            text.append(GAP)
        text.append(lines[0], styles.get(last, ""))
        self._write(text)
        for line in lines[1:]:
            self._write(Text.assemble(" " * before, (line, styles.get(last, ""))))

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show that something is going on; what is yielded changes the text. Nothing is shown off a terminal."""
        if not self._console.is_terminal:
            yield lambda _: None
            return
        with Status(Text(text, QUIET), console=self._console, spinner="dots", spinner_style=QUIET) as status:
            yield lambda now: status.update(Text(now, QUIET))

    def _write(self, text: Text) -> None:
        text.rstrip()
        self._console.print(text, soft_wrap=True)


def written(value: object) -> str:
    """A cell's text: thousands separators, and a dash for nothing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return str(value)


def quoted(value: object) -> str:
    """A value from the data as a cell: cut when it is long, and without what could move the cursor."""
    text = "".join(sign if sign.isprintable() else "·" for sign in written(value))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _sized(text: str, width: int, *, is_right: bool) -> str:
    return " " * (width - cell_len(text)) + text if is_right else set_cell_size(text, width)
