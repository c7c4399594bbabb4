"""Renders a message as mail: plain text and HTML. Pure functions; everything is escaped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from string import Template

from control_tower.i18n.catalogue import catalogue
from control_tower.monitoring.delivery.message import Message, ProblemText

COLOURS = {"red": "#c62828", "yellow": "#b26a00", "green": "#2e7d32"}
"""White text on each has AA contrast."""

PAGE = Template("""\
<!doctype html>
<html lang="$language">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>$headline</title></head>
<body style="margin:0;padding:24px 12px;background:#f4f5f7;font-family:Inter,Segoe UI,Helvetica,Arial,sans-serif;\
font-size:15px;line-height:1.5;color:#1c2333">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;background:#ffffff;\
border:1px solid #dfe3ea;border-top:4px solid $colour;border-radius:6px">
<tr><td style="padding:24px 24px 8px">
<span style="display:inline-block;padding:2px 10px;border-radius:12px;background:$colour;color:#ffffff;\
font-size:13px;font-weight:600">$badge</span>
<h1 style="margin:12px 0 4px;font-size:20px;line-height:1.3">$headline</h1>
<p style="margin:0;color:#4a5468">$summary</p>
</td></tr>
$problems
<tr><td style="padding:8px 24px 24px">$rest$links$handling</td></tr>
<tr><td style="padding:12px 24px;border-top:1px solid #dfe3ea;color:#5f6b80;font-size:12px">$footer</td></tr>
</table></td></tr></table>
</body></html>
""")

PROBLEM = Template("""\
<tr><td style="padding:12px 24px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border:1px solid #dfe3ea;\
border-left:4px solid $colour;border-radius:4px"><tr><td style="padding:12px 16px">
<p style="margin:0 0 2px;font-weight:600">$title</p>
<p style="margin:0 0 8px;color:#5f6b80;font-size:12px;font-family:Consolas,Menlo,monospace">$code</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="font-size:14px">$facts</table>
$error
$action
</td></tr></table></td></tr>
""")

FACT = Template(
    '<tr><td style="padding:1px 16px 1px 0;color:#5f6b80;vertical-align:top;width:32%">$label</td>'
    '<td style="padding:1px 0">$value</td></tr>'
)
ERROR = Template(
    '<pre style="margin:10px 0 0;padding:10px;background:#f4f5f7;border-radius:4px;font-size:12px;'
    'white-space:pre-wrap;word-break:break-word;font-family:Consolas,Menlo,monospace">$error</pre>'
)
ACTION = Template(
    '<p style="margin:10px 0 0"><strong>$action_label:</strong> $action</p>'
    '<p style="margin:4px 0 0;font-size:13px;color:#5f6b80">$runbook_label: $runbook</p>'
)
NOTE = Template('<p style="margin:4px 0;font-size:14px;color:#4a5468">$text</p>')
BUTTON = Template(
    '<a href="$url" style="display:inline-block;margin:4px 12px 4px 0;padding:8px 14px;border:1px solid #2b4a8b;'
    'border-radius:4px;color:#2b4a8b;text-decoration:none;font-size:14px">$label</a>'
)


def mail_parts(message: Message) -> tuple[str, str]:
    """The plain text and the HTML of a message."""
    return _plain(message), _html(message)


def _plain(message: Message) -> str:
    label = partial(catalogue(message.language).name, "label")
    lines = [message.headline, "", message.summary]
    for problem in message.problems:
        lines += ["", f"■ {problem.title}", f"  {problem.code}"]
        lines += [f"  {name}: {value}" for name, value in problem.facts]
        if problem.error:
            lines.append(f"  {label('error')}:")
            lines += [f"  | {line}" for line in problem.error.splitlines()]
        if problem.action:
            lines += [f"  {label('action')}: {problem.action}", f"  {label('runbook')}: {problem.runbook}"]
    if message.rest:
        lines += ["", message.rest]
    lines.append("")
    lines += [f"{name}: {url}" for name, url in message.links]
    if message.handling:
        lines.append(message.handling)
    lines += ["", "--", message.footer]
    return "\n".join(lines) + "\n"


def _html(message: Message) -> str:
    return PAGE.substitute(
        language=escape(message.language),
        headline=escape(message.headline),
        badge=escape(message.badge),
        colour=COLOURS[message.colour],
        summary=escape(message.summary),
        problems="".join(_problem(problem, message) for problem in message.problems),
        rest=_note(message.rest),
        handling=_note(message.handling),
        links="".join(BUTTON.substitute(url=escape(url), label=escape(name)) for name, url in message.links),
        footer=escape(message.footer),
    )


def _note(text: str | None) -> str:
    return NOTE.substitute(text=escape(text)) if text else ""


def _problem(problem: ProblemText, message: Message) -> str:
    label = partial(catalogue(message.language).name, "label")
    is_over = message.colour == "green"
    return PROBLEM.substitute(
        colour=COLOURS["green" if is_over else problem.severity.lower()],
        title=escape(problem.title),
        code=escape(problem.code),
        facts="".join(FACT.substitute(label=escape(name), value=escape(value)) for name, value in problem.facts),
        error=ERROR.substitute(error=escape(problem.error)) if problem.error else "",
        action=_action(problem, label) if problem.action else "",
    )


def _action(problem: ProblemText, label: Callable[[str], str]) -> str:
    return ACTION.substitute(
        action_label=escape(label("action")),
        action=escape(problem.action or ""),
        runbook_label=escape(label("runbook")),
        runbook=_linked(problem.runbook),
    )


def _linked(place: str) -> str:
    shown = escape(place)
    if not place.startswith(("https://", "http://")):
        return shown
    return f'<a href="{shown}" style="color:#2b4a8b">{shown}</a>'
