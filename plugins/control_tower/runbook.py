"""The runbook: where its two files are, the anchor of each state, and its sections as HTML.

The files are `docs/runbook.es.md` and `docs/runbook.en.md`. An anchor stands on a line of its own above the heading
that it belongs to, and is the same in both languages. Of the HTML in the files only these anchors pass; everything
else is escaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from control_tower.errors import ObjectMissing
from control_tower.i18n.catalogue import Language
from control_tower.monitoring.states import fault_of
from control_tower.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

PAGE = "runbook"
"""The page of the application that shows it, below its address."""

_ANCHOR = re.compile(r'^<a id="([a-z0-9-]+)"></a>\s*$')
_OUTSIDE = re.compile(r"^https?://")
_PAGE = re.compile(r"^/control-tower(/[a-z/-]+)$")


@dataclass(frozen=True)
class Section:
    """A part of the runbook, from one heading of the first two levels below its title to the next.

    Attributes:
        anchor: Where links point to; empty before the first heading.
        title: The heading.
        level: 2 or 3.
        html: The heading and what follows, safe to be put into a page.
    """

    anchor: str
    title: str
    level: int
    html: str


def find_docs_dir(package: Path) -> Path:
    """Folder of the runbook: that in the wheel, or `docs/` beside `plugins/`."""
    in_wheel = package / "docs"
    return in_wheel if in_wheel.is_dir() else package.parents[1] / "docs"


DOCS_DIR = find_docs_dir(Path(__file__).resolve().parent)


def anchor_of(group: str, state: str) -> str:
    """The anchor of the section about a state of a group of checks; it is named after the code, without the colour."""
    prefix = "source-" if group == "source" else ""
    return prefix + fault_of(state).lower().replace("_", "-")


def published(language: Language) -> str | None:
    """The address of the runbook where it is published outside (`CONTROL_TOWER_RUNBOOK_URL`); None: only as a page."""
    folder = get_settings().runbook_url
    return f"{folder.rstrip('/')}/runbook.{language}.md" if folder else None


@cache
def sections(language: Language, base: str) -> tuple[Section, ...]:
    """The sections of the runbook, in order.

    Args:
        language: Of the reader.
        base: The path at which the application is mounted, for links to its pages.

    Raises:
        ObjectMissing: The file was not deployed.
    """
    from markdown_it import MarkdownIt

    path = DOCS_DIR / f"runbook.{language}.md"
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ObjectMissing(f"{path} is missing.", "deploy the folder docs/ beside plugins/, or the wheel.") from error
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    found: list[Section] = []
    parts: list[Token] = []
    anchor, title, level, next_anchor = "", "", 2, ""

    def close() -> None:
        if parts:
            found.append(Section(anchor, title, level, markdown.renderer.render(parts, markdown.options, {})))
            parts.clear()

    tokens = markdown.parse(text)
    for place, token in enumerate(tokens):
        if token.type == "inline" and (match := _ANCHOR.match(token.content)):
            next_anchor = match[1]  # alone in its paragraph, of which nothing else is left
            parts.pop()
            continue
        if token.type == "paragraph_close" and _ANCHOR.match(tokens[place - 1].content):
            continue
        if token.type == "heading_open" and token.tag in ("h2", "h3"):
            close()
            anchor, title, level = next_anchor, _plain(tokens[place + 1]), int(token.tag[1])
        if token.type == "heading_open" and next_anchor:
            token.attrSet("id", next_anchor)
            next_anchor = ""
        if token.type == "fence":
            token.attrs = {"tabindex": "0", "role": "region", "aria-label": title}
        if token.type == "table_open":
            parts.append(_html(f'<div class="table" tabindex="0" role="region" aria-label="{escape(title)}">'))
        parts.append(_made_safe(token, base))
        if token.type == "table_close":
            parts.append(_html("</div>"))
    close()
    return tuple(found)


def section(anchor: str, language: Language, base: str) -> Section | None:
    """One section by its anchor, to stand on another page; None: there is none, or the runbook was not deployed."""
    try:
        found = next((part for part in sections(language, base) if part.anchor == anchor), None)
    except ObjectMissing:
        return None
    if found is None:
        return None
    return replace(found, html=found.html.replace('href="#', f'href="{base}/{PAGE}#'))


def _html(text: str) -> Token:
    from markdown_it.token import Token

    return Token("html_block", "", 0, content=text)


def _plain(heading: Token) -> str:
    return "".join(part.content for part in heading.children or () if part.type in ("text", "code_inline"))


def _made_safe(token: Token, base: str) -> Token:
    """The token with HTML escaped and its links as this application can follow them."""
    if token.type == "html_block":
        token.content = f"<p>{escape(token.content)}</p>"
    if token.children:
        token.children = _links(token.children, base)
    return token


def _links(children: Sequence[Token], base: str) -> list[Token]:
    """Links within the runbook stay, those outside open beside Airflow, and other files are named without a link."""
    from markdown_it.token import Token

    made: list[Token] = []
    is_dead = False
    for child in children:
        if child.type == "html_inline":
            child.type = "text"
        elif child.type == "link_open":
            target = str(child.attrGet("href") or "")
            other = re.match(r"^runbook\.(es|en)\.md(#.*)?$", target)
            if other:
                child.attrSet("href", f"{base}/{PAGE}?lang={other[1]}{other[2] or ''}")
            elif _OUTSIDE.match(target):
                child.attrSet("target", "_blank")
                child.attrSet("rel", "noopener")
                child.attrSet("data-airflow", "")
            elif not target.startswith("#"):
                folder = get_settings().runbook_url
                is_dead = not folder
                if folder:
                    child.attrSet("href", f"{folder.rstrip('/')}/{target}")
            if is_dead:
                continue
        elif child.type == "link_close" and is_dead:
            is_dead = False
            continue
        elif child.type == "code_inline" and (page := _PAGE.match(child.content)):
            opened = Token("link_open", "a", 1, attrs={"href": f"{base}{page[1]}"})
            made += [opened, child, Token("link_close", "a", -1)]
            continue
        made.append(child)
    return made
