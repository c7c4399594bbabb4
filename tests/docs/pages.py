"""The project's Markdown pages: their links, anchors and fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
IGNORED = {".venv", ".venv-3.2", "dist", ".control-tower", ".git", "node_modules", ".pytest_cache", ".hypothesis"}


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: The file that it stands in.
        line: Where it begins.
        language: Its tag.
        text: What is in it.
    """

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        """Page and line."""
        return f"{self.page}:{self.line}"


def all_pages() -> list[Path]:
    """Every Markdown file of the project."""
    found = [path for path in PROJECT.rglob("*.md") if not IGNORED & set(path.relative_to(PROJECT).parts)]
    return sorted(found)


def blocks(*pages: str, language: str) -> list[Block]:
    """The blocks of some pages in one language."""
    found = []
    for page in pages:
        text = (PROJECT / page).read_text()
        found += [
            Block(page, text[: match.start()].count("\n") + 1, match[1], match[2])
            for match in FENCE.finditer(text)
            if match[1] == language
        ]
    return found


def prose(path: Path) -> str:
    """A page without its fenced blocks, in which brackets are no links."""
    return FENCE.sub("", path.read_text())


def links(path: Path) -> list[str]:
    """Targets of a page's links."""
    return LINK.findall(prose(path))


def anchors(path: Path) -> list[str]:
    """What a link may point to on a page: explicit anchors, and headings as GitHub names them."""
    text = prose(path)
    return [*ANCHOR.findall(text), *(slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE))]


def slug(heading: str) -> str:
    """The name that GitHub gives to a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def explicit_anchors(path: Path) -> list[str]:
    """Anchors that do not depend on the language of the heading."""
    return ANCHOR.findall(prose(path))
