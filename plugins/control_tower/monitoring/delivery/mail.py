"""Renders a message as mail: plain text (`mail.txt`) and HTML (`mail.html`), in which everything is escaped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from control_tower.i18n.catalogue import catalogue
from control_tower.monitoring.delivery.message import Message

COLOURS = {"red": "#c62828", "yellow": "#b26a00", "green": "#2e7d32"}
"""White text on each has AA contrast."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def mail_parts(message: Message) -> tuple[str, str]:
    """The plain text and the HTML of a message."""
    label = partial(catalogue(message.language).name, "label")
    plain, html = (
        _TEMPLATES.get_template(name).render(message=message, label=label, colours=COLOURS)
        for name in ("mail.txt", "mail.html")
    )
    return plain, html
