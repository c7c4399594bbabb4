"""Puts the facts of a message into words, whatever channel it takes. Pure, but for the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from control_tower.i18n.message_words import WORDS, Words
from control_tower.masking import masked
from control_tower.monitoring.states import fault_of
from control_tower.settings import get_settings

LONGEST_ERROR = 900
"""Characters of an error that a message shows; the run's log has all of it."""
MOST_PROBLEMS = 10
"""So many problems are told one by one: what Slack has room for."""

PAGES = {"quality": "scouts/attribution-health"}
"""The page of a group of checks; the others are on the page of health."""


@dataclass(frozen=True)
class ProblemText:
    """One problem, in words.

    Attributes:
        title: What is wrong, in one sentence.
        code: The state, as the contract names it.
        severity: YELLOW or RED.
        facts: Labels and values: since when, the number that broke the limit, the last good run.
        error: What the system said, if it said something, without what identifies persons.
        action: What to do; None when it is over.
        runbook: Where the runbook says more: a web address, or a file and its section.
    """

    title: str
    code: str
    severity: str
    facts: tuple[tuple[str, str], ...]
    error: str | None
    action: str | None
    runbook: str


@dataclass(frozen=True)
class Message:
    """A message in words, before any channel has shaped it. Nothing in it is escaped yet.

    Attributes:
        language: `es` or `en`.
        subject: One line that says it all.
        headline: The same without the name of the product.
        badge: The severity in words, or that it is over.
        colour: `red`, `yellow` or `green`.
        summary: One sentence on the episode as a whole.
        problems: What is, or was, wrong, the worst first.
        rest: A sentence on those that are more than can be told one by one.
        handling: Where to acknowledge or mute it; None when it is over or cannot be.
        links: Labels and web addresses.
        footer: Who says so and when.
        at: The moment it speaks of.
        thread: A name that all messages of an episode have in common, in whichever way they were sent.
    """

    language: str
    subject: str
    headline: str
    badge: str
    colour: str
    summary: str
    problems: tuple[ProblemText, ...]
    rest: str | None
    handling: str | None
    links: tuple[tuple[str, str], ...]
    footer: str
    at: datetime
    thread: str


def compose(facts: Mapping[str, Any], language: str | None = None) -> Message:
    """The message that these facts make, in a language, by default that of the settings."""
    settings = get_settings()
    words = WORDS[language or settings.language]
    kind, severity = facts["kind"], facts["severity"]
    is_over = kind == "CLOSED"
    at, opened = datetime.fromisoformat(facts["at"]), datetime.fromisoformat(facts["opened_at"])
    shown, rest = facts["problems"][:MOST_PROBLEMS], facts["problems"][MOST_PROBLEMS:]
    is_marked = len(facts["problems"]) > 1 and kind in ("ESCALATED", "EXTENDED")
    problems = tuple(_problem(problem, words, at, is_over=is_over, is_marked=is_marked) for problem in shown)
    subject = words.cause(facts["cause"])
    badge = words.over if is_over else words.severities[severity]
    headline = words.headlines[kind].format(
        severity=badge, cause=subject, more=_more(len(facts["problems"]), words), duration=words.duration(at - opened)
    )
    summary = words.summaries[kind].format(
        cause=subject,
        since=_moment(opened, words),
        duration=words.duration(at - opened),
        count=len(facts["problems"]),
    )
    if facts.get("heals"):
        summary = f"{summary} {words.healed.format(run=', '.join(sorted(facts['heals'])))}"
    return Message(
        language=words.language,
        subject=f"[Control Tower] {headline}",
        headline=headline,
        badge=badge,
        colour="green" if is_over else severity.lower(),
        summary=summary,
        problems=problems,
        rest=words.rest.format(count=len(rest), names=", ".join(_name(problem, words) for problem in rest))
        if rest
        else None,
        # An outage is none of the alerts that the page lists: while it lasts the page is down, too.
        handling=None if is_over or not facts["episode_id"] else words.handling,
        links=_links(facts, words),
        footer=words.footer.format(
            moment=_moment(at, words), zone=settings.timezone, episode=facts["episode_id"], message=facts["message"]
        ),
        at=at,
        thread=f"{facts['cause']}-{opened:%Y%m%dT%H%M%S%f}",
    )


def _problem(problem: Mapping[str, Any], words: Words, at: datetime, *, is_over: bool, is_marked: bool) -> ProblemText:
    check, state, details = problem["check"], problem["state"], problem["details"]
    group, _, name = check.partition(".")
    title, action = _title(group, name, state, words), words.state(group, name, state)[1]
    facts = [(words.labels["since"], _past(problem["since"], at, words))]
    also = dict.fromkeys(_title(group, name, code, words) for code in details.get("states") or ())
    if others := [other for other in also if other != title]:
        facts.append((words.labels["also"], " ".join(others)))
    if details.get("reasons"):
        facts.append((words.labels["reasons"], "; ".join(_reason(code, words) for code in details["reasons"])))
    facts += [
        (words.labels["measured"], text) for text in (words.measured(problem["value"], problem["limit"]),) if text
    ]
    for key in ("last_completed_at", "last_ingested_at", "last_sent_at", "last_check_at"):
        if details.get(key):
            facts.append((words.labels[key], _past(details[key], at, words)))
    if details.get("run_id"):
        facts.append((words.labels["run"], str(details["run_id"])))
    if details.get("last_business_date"):
        facts.append((words.labels["last_business_date"], details["last_business_date"]))
    if details.get("sample"):
        facts.append((words.labels["sample"], "; ".join(_offender(row) for row in details["sample"])))
    error = details.get("error")
    return ProblemText(
        title=words.news.format(title=title) if is_marked and problem.get("is_news") else title,
        code=state,
        severity=problem["severity"],
        facts=tuple(facts),
        error=_shortened(_said(str(error))) if error and not is_over else None,
        action=None if is_over else action,
        runbook=runbook(group, state, words.language),
    )


def runbook(group: str, state: str, language: str) -> str:
    """Where the runbook speaks of a state: its section is named after the code, without the colour."""
    section = fault_of(state)
    prefix = "source-" if group == "source" else ""
    folder = (get_settings().runbook_url or "docs").rstrip("/")
    return f"{folder}/runbook.{language}.md#{prefix}{section.lower().replace('_', '-')}"


def _links(facts: Mapping[str, Any], words: Words) -> tuple[tuple[str, str], ...]:
    base = _public_url()
    links = []
    for problem in facts["problems"]:
        details = problem["details"]
        dag_id, dag_run_id = details.get("dag_id"), details.get("dag_run_id")
        if dag_id:
            label = words.labels["open_run" if dag_run_id else "open_dag"].format(name=dag_id)
            links.append((label, f"{base}/dags/{dag_id}" + (f"/runs/{dag_run_id}" if dag_run_id else "")))
    pages = {PAGES.get(problem["check"].partition(".")[0], "health") for problem in facts["problems"]} or {"health"}
    links += [
        (words.labels[f"page_{page.partition('/')[0]}"], f"{base}/control-tower/{page}") for page in sorted(pages)
    ]
    return tuple(dict.fromkeys(links))


def _public_url() -> str:
    from airflow.sdk.configuration import conf

    return (get_settings().public_url or conf.get("api", "base_url", fallback="http://localhost:8080")).rstrip("/")


def _moment(moment: datetime, words: Words) -> str:
    local = moment.astimezone(ZoneInfo(get_settings().timezone))
    return f"{local.day} {words.months[local.month - 1]} {local:%Y, %H:%M}"


def _past(moment: str, at: datetime, words: Words) -> str:
    when = datetime.fromisoformat(moment)
    return f"{_moment(when, words)} ({words.ago.format(duration=words.duration(at - when))})"


def _title(group: str, name: str, state: str, words: Words) -> str:
    text = words.state(group, name, state)[0].format(name=words.name(group, name))
    return text[:1].upper() + text[1:]


def _reason(code: str, words: Words) -> str:
    """Why attribution is not good enough: a code of its own, or a state of its job."""
    return words.reasons.get(code) or _title("pipeline", "scout_attribution_refresh", code, words).rstrip(".")


def _name(problem: Mapping[str, Any], words: Words) -> str:
    group, _, name = problem["check"].partition(".")
    return words.name(group, name)


def _said(error: str) -> str:
    """What the system said, without what it says to do, which is said here, and without personal data."""
    text: str = masked(error.partition("\nNext: ")[0], "text")
    return text


def _more(count: int, words: Words) -> str:
    return "" if count < 2 else words.more.format(count=count)


def _offender(row: Mapping[str, Any]) -> str:
    return _shortened(", ".join(f"{key}={value}" for key, value in masked(row, "json").items()), 160)


def _shortened(text: str, longest: int = LONGEST_ERROR) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
