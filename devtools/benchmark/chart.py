"""The figures as a picture (SVG): first the ratios, each against its bar, then the seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from devtools.benchmark.figures import Figure, amount

WIDTH, LABELS, ROW = 1040, 480, 22
BARS = WIDTH - LABELS - 150
MOST_SHARE = 2.0
"""Ratios of more than twice the bar end at the edge."""
STYLE = (
    "text{font:13px sans-serif;fill:#1b1f24}.h{font-weight:600}.met{fill:#2f7d4f}.missed{fill:#b3372b}"
    ".plain{fill:#4a6fa5}.line{stroke:#1b1f24;stroke-dasharray:4 3}rect.page{fill:#fff}"
)


def chart(figures: Sequence[Figure]) -> str:
    """The picture; of each figure one bar, on its right the value."""
    judged = [figure for figure in figures if figure.share_of_bar is not None]
    timed = [figure for figure in figures if figure.unit == "s"]
    longest = max((figure.value for figure in timed), default=1.0) or 1.0
    parts: list[str] = []
    top = ROW
    if judged:
        parts.append(_text(10, top, "Ratio to the bar (dashed line: the bar)", "h"))
        at_bar = LABELS + BARS / MOST_SHARE
        end = top + 8 + len(judged) * ROW
        parts.append(f'<line class="line" x1="{at_bar:.0f}" x2="{at_bar:.0f}" y1="{top + 8}" y2="{end}"/>')
        rows = (
            (figure, min(figure.share_of_bar or 0, MOST_SHARE) / MOST_SHARE, _state(figure), _ratio(figure))
            for figure in judged
        )
        top = _rows(parts, top, rows)
    if timed:
        parts.append(_text(10, top + ROW, "Seconds", "h"))
        top = _rows(
            parts,
            top + ROW,
            ((figure, figure.value / longest, "plain", amount(figure.value, "s")) for figure in timed),
        )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top + ROW}" role="img">'
    title = "<title>Figures of the benchmark</title>"
    page = f'<rect class="page" width="{WIDTH}" height="{top + ROW}"/>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", page, *parts, "</svg>", ""])


def _rows(parts: list[str], top: int, rows: Iterable[tuple[Figure, float, str, str]]) -> int:
    """Draw rows below the heading at `top`, and return where they end."""
    for figure, share, kind, said in rows:
        top += ROW
        length = max(share * BARS, 1)
        parts.append(_text(10, top, f"{figure.group}: {figure.name}"))
        parts.append(f'<rect class="{kind}" x="{LABELS}" y="{top - 12}" width="{length:.0f}" height="{ROW - 7}"/>')
        parts.append(_text(LABELS + length + 6, top, said))
    return top + ROW // 2


def _text(left: float, baseline: int, text: str, kind: str = "") -> str:
    chosen = f' class="{kind}"' if kind else ""
    return f'<text{chosen} x="{left:.0f}" y="{baseline}">{escape(text)}</text>'


def _state(figure: Figure) -> str:
    return "met" if figure.is_met else "missed"


def _ratio(figure: Figure) -> str:
    return f"{figure.ratio:.3g} {'≥' if figure.is_least else '≤'} {figure.bar:g}"
