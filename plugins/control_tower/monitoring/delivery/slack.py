"""Renders a message for Slack: blocks and the fallback line. Pure functions; everything is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from control_tower.i18n.catalogue import catalogue
from control_tower.monitoring.delivery.message import Message, ProblemText

MARKS = {"red": "🔴", "yellow": "🟡", "green": "🟢"}
LONGEST_TEXT = 2900
"""Slack's limit of a text is 3,000 characters."""
LONGEST_FIELD = 1900
"""Slack's limit of a field is 2,000 characters."""
LONGEST_HEADER = 150
MOST_FIELDS = 10


def escaped(text: str) -> str:
    """Text for mrkdwn in which nothing becomes a mention, a link or a format."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Slack has no escape for format marks, but a word joiner beside one disables it. Inside words marks do nothing.
    return re.sub(r"(?<!\w)[*_~]|[*_~](?!\w)|`", "\u2060\\g<0>\u2060", text)


def slack_blocks(message: Message) -> tuple[str, list[dict[str, Any]]]:
    """The fallback line and the blocks of a message."""
    label = partial(catalogue(message.language).name, "label")
    mark = MARKS[message.colour]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(f"{mark} {message.headline}", LONGEST_HEADER)},
        {"type": "section", "text": _plain(message.summary)},
    ]
    # Slack's limit is 50 blocks: a problem needs up to four, and a message shows at most ten problems.
    for problem in message.problems:
        blocks += _problem(problem, label, mark if message.colour == "green" else MARKS[problem.severity.lower()])
    if message.rest:
        blocks.append({"type": "section", "text": _plain(message.rest)})
    if message.links:
        buttons = [
            {"type": "button", "text": _plain(text, 75), "url": url, "action_id": f"open_{index}"}
            for index, (text, url) in enumerate(message.links[:5])
        ]
        blocks.append({"type": "actions", "elements": buttons})
    notes = [note for note in (message.handling, message.footer, message.seal) if note]
    blocks.append({"type": "context", "elements": [_plain(note) for note in notes]})
    return escaped(f"{mark} {message.headline}"), blocks


def _problem(problem: ProblemText, label: Callable[[str], str], mark: str) -> list[dict[str, Any]]:
    fields = [
        {"type": "mrkdwn", "text": f"*{escaped(name)}*\n{escaped(value)}"[:LONGEST_FIELD]}
        for name, value in problem.facts[:MOST_FIELDS]
    ]
    section: dict[str, Any] = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": f"{mark} *{escaped(problem.title)}*"[:LONGEST_TEXT]},
    }
    if fields:
        section["fields"] = fields
    blocks = [{"type": "divider"}, section]
    if problem.error:
        blocks.append({"type": "section", "text": _plain(f"{label('error')}: {problem.error}")})
    if problem.action:
        text = f"*{escaped(label('action'))}:* {escaped(problem.action)}\n{_runbook(problem.runbook, label)}"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text[:LONGEST_TEXT]}})
    return blocks


def _runbook(place: str, label: Callable[[str], str]) -> str:
    return f"<{_in_link(place)}|{escaped(label('runbook'))}>"


def _in_link(url: str) -> str:
    return url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")


def _plain(text: str, longest: int = LONGEST_TEXT) -> dict[str, Any]:
    """A text in which Slack formats nothing."""
    return {"type": "plain_text", "text": text if len(text) <= longest else f"{text[: longest - 1]}…", "emoji": True}
