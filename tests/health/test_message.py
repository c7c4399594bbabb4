"""What a message says, in both languages, and that nothing in it is taken for markup."""

from __future__ import annotations

import json
import re
import string
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_tower.checks import check_names
from control_tower.database import SQL_DIR
from control_tower.health.mail import mail_parts
from control_tower.health.message import compose
from control_tower.health.slack import escaped, slack_blocks
from control_tower.health.state_words import STATES
from control_tower.health.words import WORDS

LANGUAGES = ("es", "en")
KINDS = ("OPENED", "ESCALATED", "EXTENDED", "REPEATED", "CLOSED")
NASTY = "<script>alert('x')</script> & <!channel> <@U1> *bold* `code` <https://evil.example|here> 😀 \x07"


def facts(kind: str = "OPENED", count: int = 1, **details: Any) -> dict[str, Any]:
    problem = {
        "check": "pipeline.identity_run",
        "severity": "RED",
        "state": "RED_INGESTION_STALE",
        "since": "2026-11-22T01:00:00+00:00",
        "value": {"age_seconds": 176_400.0},
        "limit": {"age_seconds": 172_800.0},
        "details": {
            "states": ["RED_INGESTION_STALE"],
            "last_completed_at": "2026-11-20T00:00:00+00:00",
            "run_id": 412,
            "dag_id": "identity_ingestion",
            "dag_run_id": "manual__1",
            **details,
        },
    }
    return {
        "episode_id": 7,
        "message": 2,
        "kind": kind,
        "cause": "identity_run",
        "severity": "RED",
        "opened_at": "2026-11-21T00:00:00+00:00",
        "at": "2026-11-22T01:00:00+00:00",
        "problems": [problem] * count,
        "heals": {},
    }


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CONTROL_TOWER_LANGUAGE", request.param)
    monkeypatch.setenv("CONTROL_TOWER_PUBLIC_URL", "https://airflow.example.org/")
    return str(request.param)


@pytest.mark.parametrize("kind", KINDS)
def test_every_channel_says_state_since_last_good_run_limit_and_where_to_look(language: str, kind: str) -> None:
    message = compose(facts(kind))
    plain, html = mail_parts(message)
    text, blocks = slack_blocks(message)
    zone = {"es": ("21 nov 2026, 20:00", "19 nov 2026, 19:00"), "en": ("21 Nov 2026, 20:00", "19 Nov 2026, 19:00")}
    for said in (plain, html, json.dumps(blocks, ensure_ascii=False)):
        for part in (
            *zone[language],  # since when and the last good run, in the zone of the settings
            "2 d 1 h",
            "2 d)",  # the limit
            "412",
            "https://airflow.example.org/dags/identity_ingestion/runs/manual__1",
            "https://airflow.example.org/control-tower/health",
        ):
            assert part in said, part
        assert ("runbook" in said) == (kind != "CLOSED")
    assert message.headline in plain
    assert text.endswith(escaped(message.headline))
    if kind == "CLOSED":
        assert "1 d 1 h" in message.headline, "how long it lasted"


def test_the_runbook_is_linked_where_it_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_RUNBOOK_URL", "https://docs.example.org/tower/")
    message = compose(facts())
    link = "https://docs.example.org/tower/runbook.es.md#ingestion-stale"
    assert message.problems[0].runbook == link
    assert f'href="{link}"' in mail_parts(message)[1]
    assert f"<{link}|Manual>" in json.dumps(slack_blocks(message)[1])


class Tags(HTMLParser):
    """Names of the tags, the attributes and the links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.links: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [value for name, value in attrs if name == "href"]


@given(st.one_of(st.text(max_size=300), st.just(NASTY)))
def test_what_the_system_says_is_text_and_never_markup(text: str) -> None:
    tame = Tags(mail_parts(compose(facts(error="x", sample=[{"name": "x"}])))[1])
    message = compose(facts(error=f"{text}.", sample=[{"name": text}]))
    wild = Tags(mail_parts(message)[1])
    assert (wild.tags, wild.attributes, wild.links) == (tame.tags, tame.attributes, tame.links)
    _, blocks = slack_blocks(message)
    for block in blocks:
        for field in [block.get("text"), *block.get("fields", [])]:
            if field and field["type"] == "mrkdwn":
                assert not re.search(r"<(?!https://)", field["text"])


def test_slack_takes_no_mention_link_or_format_from_a_text() -> None:
    told = escaped(NASTY)
    assert "<" not in told
    assert "&lt;!channel&gt;" in told
    assert "\u2060*\u2060bold\u2060*\u2060" in told
    assert escaped("identity_ingestion") == "identity_ingestion", "names can be copied"


def test_slack_s_limits_hold_for_any_number_of_problems_of_any_length() -> None:
    _, blocks = slack_blocks(compose(facts(count=40, error="x" * 10_000, sample=[{"a": "y" * 5_000}] * 3)))
    assert len(blocks) <= 50
    for block in blocks:
        assert len(block.get("fields", [])) <= 10
        for field in [block.get("text"), *block.get("fields", [])]:
            if field:
                assert len(field["text"]) <= (150 if block["type"] == "header" else 3000)


@pytest.mark.parametrize("length", [(0, "less"), (59, "less"), (60, "1 min"), (3600, "1 h"), (3660, "1 h 1 min"),
                                    (86_400, "1 d"), (86_460, "1 d 1 min"), (180_120, "2 d 2 h")])  # fmt: skip
def test_durations_are_said_as_people_say_them(length: tuple[int, str]) -> None:
    seconds, said = length
    expected = "less than 1 min" if said == "less" else said
    assert WORDS["en"].duration(timedelta(seconds=seconds)) == expected


def test_both_languages_have_the_same_words() -> None:
    spanish, english = STATES["es"], STATES["en"]
    assert spanish.keys() == english.keys()
    for name in ("severities", "causes", "headlines", "summaries", "labels", "units", "moment_words"):
        assert getattr(WORDS["es"], name).keys() == getattr(WORDS["en"], name).keys(), name
    for key in spanish:
        for one, other in zip(spanish[key], english[key], strict=True):
            assert fields(one) == fields(other), key


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_every_state_of_the_views_has_words_of_its_own() -> None:
    source = "".join((SQL_DIR / "5_health" / name).read_text() for name in (
        "07_v_data_health_status_at.sql", "08_v_pipeline_health_at.sql", "10_v_check_results_at.sql"))  # fmt: skip
    states = set(re.findall(r"'((?:RED|YELLOW)_[A-Z0-9_]+[A-Z0-9])'", source))
    assert len(states) >= 10
    for language in LANGUAGES:
        known = {key.rsplit(".", 1)[-1] for key in STATES[language]}
        for state in states:
            assert state.removeprefix("RED_").removeprefix("YELLOW_") in known, (language, state)


def test_every_invariant_is_told_in_spanish() -> None:
    for name in check_names():
        assert name in WORDS["es"].names, f"{name}: add it to the names of plugins/control_tower/health/words.py"
