"""The texts of an alert message, for any channel. Pure, but for the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from control_tower.i18n.catalogue import Language
from control_tower.masking import masked
from control_tower.runbook import PAGE, anchor_of, published
from control_tower.settings import get_settings

if TYPE_CHECKING:
    from control_tower.i18n.formats import Formats

LONGEST_ERROR = 900
"""Characters of an error that a message shows; the run's log has all of it."""
MOST_PROBLEMS = 10
"""Problems of a message that are listed one by one: a limit of Slack's blocks."""

PAGES = {"quality": "scouts/attribution-health", "payments": "scouts/cobranza-yango"}
"""The page of a group of checks; other groups are on the health page."""


@dataclass(frozen=True)
class ProblemText:
    """The texts of one problem.

    `facts` are labels and values; the error has no personal data. There is no action when the problem is over. The
    section of the runbook is a web address.
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
    """The texts of a message, before a channel formats them. Nothing in it is escaped yet.

    The headline is the subject without the product's name. The problems are the worst first; `rest` names those beyond
    `MOST_PROBLEMS`. `handling` says where to acknowledge it, if that is possible. All messages of an episode have the
    same `thread`. `seal` is the newest link of the audit chain when the message was queued.
    """

    language: Language
    subject: str
    headline: str
    badge: str
    colour: str
    summary: str
    problems: tuple[ProblemText, ...]
    rest: str | None
    handling: str | None
    links: tuple[tuple[str, str], ...]
    seal: str | None
    footer: str
    at: datetime
    thread: str


def compose(facts: Mapping[str, Any], language: Language | None = None) -> Message:
    """The message about these facts, by default in the language of the settings."""
    from control_tower.i18n.formats import Formats  # imports Babel, which the parsing of DAG files does not need

    settings = get_settings()
    formats = Formats(language or settings.language)
    texts = formats.texts
    _ = texts.gettext
    kind, severity = facts["kind"], facts["severity"]
    is_over = kind == "CLOSED"
    at, opened = datetime.fromisoformat(facts["at"]), datetime.fromisoformat(facts["opened_at"])
    count = len(facts["problems"])
    shown, rest = facts["problems"][:MOST_PROBLEMS], facts["problems"][MOST_PROBLEMS:]
    is_marked = count > 1 and kind in ("ESCALATED", "EXTENDED")
    duration = formats.span(at - opened)
    badge = texts.name("badge", "OVER" if is_over else severity)
    headline = texts.name("headline", kind).format(
        severity=badge, cause=texts.name("cause", facts["cause"]), duration=duration
    )
    if count > 1 and not is_over:
        headline += " " + _("({count} problems)").format(count=count)
    summary = texts.name("summary", kind).format(since=formats.moment(opened), duration=duration)
    if facts.get("heals"):
        runs = ", ".join(sorted(facts["heals"]))
        summary += " " + _("Control Tower asked by itself for a run of: {run}.").format(run=runs)
    names = ", ".join(texts.subject(problem["check"]) for problem in rest)
    # An outage is not among the alerts of the page: the page is down, too, while it lasts.
    is_handled = not is_over and facts["episode_id"]
    return Message(
        language=texts.language,
        subject=f"[Control Tower] {headline}",
        headline=headline,
        badge=badge,
        colour="green" if is_over else severity.lower(),
        summary=summary,
        problems=tuple(_problem(problem, formats, at, is_over=is_over, is_marked=is_marked) for problem in shown),
        rest=_("And {count} more: {names}.").format(count=len(rest), names=names) if rest else None,
        handling=_("To acknowledge or mute it: health page, “Open alerts”.") if is_handled else None,
        links=_links(facts, formats),
        seal=_("Audit chain, for {function}: link {position}, {hash}").format(function="ops.verify_audit", **seal)
        if (seal := facts.get("seal"))
        else None,
        footer=_("Control Tower · {moment} ({zone}) · alert {episode}, message {message}").format(
            moment=formats.moment(at), zone=settings.timezone, episode=facts["episode_id"], message=facts["message"]
        ),
        at=at,
        thread=f"{facts['cause']}-{opened:%Y%m%dT%H%M%S%f}",
    )


def _problem(
    problem: Mapping[str, Any], formats: Formats, at: datetime, *, is_over: bool, is_marked: bool
) -> ProblemText:
    texts = formats.texts
    check, state, details = problem["check"], problem["state"], problem["details"]
    title, action = texts.problem(check, state)
    facts = [("since", _past(problem["since"], at, formats))]
    also = dict.fromkeys(texts.problem(check, code)[0] for code in details.get("states") or ())
    if others := [other for other in also if other != title]:
        facts.append(("also", " ".join(others)))
    if details.get("reasons"):
        facts.append(("reasons", "; ".join(_reason(code, formats) for code in details["reasons"])))
    if text := measured(problem["value"], problem["limit"], formats):
        facts.append(("measured", text))
    facts += [
        (key, _past(details[key], at, formats))
        for key in ("last_completed_at", "last_ingested_at", "last_sent_at", "last_check_at")
        if details.get(key)
    ]
    if details.get("run_id"):
        facts.append(("run", str(details["run_id"])))
    if details.get("last_business_date"):
        facts.append(("last_business_date", details["last_business_date"]))
    if details.get("sample"):
        facts.append(("sample", "; ".join(_offender(row) for row in details["sample"])))
    error = details.get("error")
    is_new = is_marked and problem.get("is_news")
    return ProblemText(
        title=texts.gettext("New: {title}").format(title=title) if is_new else title,
        code=state,
        severity=problem["severity"],
        facts=tuple((texts.name("label", key), text) for key, text in facts),
        error=_shortened(_masked_error(str(error))) if error and not is_over else None,
        action=None if is_over else action,
        runbook=runbook(check.partition(".")[0], state, texts.language),
    )


def measured(value: Mapping[str, Any], limit: Mapping[str, Any], formats: Formats) -> str:
    """The measured values, each with its limit, then the limits of what has no value."""
    texts, parts = formats.texts, []
    for name, found in {**value, **{name: limit[name] for name in limit if name not in value}}.items():
        label = texts.find("measure", name)
        if found is None or label is None:
            continue
        text = f"{label} {_quantity(name, found, formats)}"
        if name in value and limit.get(name):
            text += " " + texts.gettext("(limit: {limit})").format(limit=_quantity(name, limit[name], formats))
        parts.append(text)
    return "; ".join(parts)


def _quantity(name: str, found: float, formats: Formats) -> str:
    """A number in the unit at the end of its name."""
    if name.endswith("_seconds"):
        return formats.span(timedelta(seconds=float(found)))
    if name.endswith("_days"):
        return formats.span(timedelta(days=float(found)))
    return formats.percent(float(found)) if name.endswith("_pct") else str(found)


def runbook(group: str, state: str, language: Language) -> str:
    """The web address of the runbook's section about a state: where it is published, else on the page of ours."""
    page = published(language) or f"{_public_url()}/control-tower/{PAGE}"
    return f"{page}#{anchor_of(group, state)}"


def _links(facts: Mapping[str, Any], formats: Formats) -> tuple[tuple[str, str], ...]:
    name = formats.texts.name
    base = _public_url()
    links = []
    for problem in facts["problems"]:
        dag_id, dag_run_id = problem["details"].get("dag_id"), problem["details"].get("dag_run_id")
        if dag_id:
            label = name("label", "open_run" if dag_run_id else "open_dag").format(name=dag_id)
            links.append((label, f"{base}/dags/{dag_id}" + (f"/runs/{dag_run_id}" if dag_run_id else "")))
    pages = {PAGES.get(problem["check"].partition(".")[0], "health") for problem in facts["problems"]} or {"health"}
    links += [
        (name("label", f"page_{page.rpartition('/')[2]}"), f"{base}/control-tower/{page}") for page in sorted(pages)
    ]
    return tuple(dict.fromkeys(links))


def _public_url() -> str:
    from airflow.sdk.configuration import conf

    return (get_settings().public_url or conf.get("api", "base_url", fallback="http://localhost:8080")).rstrip("/")


def _past(moment: str, at: datetime, formats: Formats) -> str:
    when = datetime.fromisoformat(moment)
    ago = formats.texts.gettext("{duration} ago").format(duration=formats.span(at - when))
    return f"{formats.moment(when)} ({ago})"


def _reason(code: str, formats: Formats) -> str:
    """Why attribution is not good enough: a code of its own, or a state of its job."""
    texts = formats.texts
    job = "pipeline.scout_attribution_refresh"
    return texts.find("quality_reason", code) or texts.problem(job, code)[0].rstrip(".")


def _masked_error(error: str) -> str:
    """An error without its own next action, which the message has already, and without personal data."""
    text: str = masked(error.partition("\nNext: ")[0], "text")
    return text


def _offender(row: Mapping[str, Any]) -> str:
    return _shortened(", ".join(f"{key}={value}" for key, value in masked(row, "json").items()), 160)


def _shortened(text: str, longest: int = LONGEST_ERROR) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
