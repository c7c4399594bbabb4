"""The texts of a message in both languages; nothing in them is taken for markup."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_tower.i18n.catalogue import Language
from control_tower.i18n.formats import Formats
from control_tower.monitoring.delivery.mail import mail_parts
from control_tower.monitoring.delivery.message import compose
from control_tower.monitoring.delivery.slack import escaped, slack_blocks
from control_tower.monitoring.health_check import PROBES
from tests.i18n.catalogues import LANGUAGES, codes

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
    zone = {"es": ("21 nov. 2026, 20:00", "19 nov. 2026, 19:00"), "en": ("21 Nov 2026, 20:00", "19 Nov 2026, 19:00")}
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
                assert not re.search(r"<(?!https?://)", field["text"])


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
    assert Formats("en").span(timedelta(seconds=seconds)) == expected


def problem_of(check: str, state: str, **details: Any) -> dict[str, Any]:
    return {
        "check": check,
        "severity": state.partition("_")[0] if state != "CHECK_FAILED" else "RED",
        "state": state,
        "since": "2026-11-22T01:00:00+00:00",
        "value": {},
        "limit": {},
        "details": details,
    }


def mail_about(*problems: dict[str, Any], kind: str = "OPENED", language: Language = "es") -> str:
    """The plain mail about these problems."""
    return mail_parts(compose({**facts(kind), "problems": list(problems)}, language))[0]


def test_all_that_is_wrong_with_a_pipeline_is_said() -> None:
    states = ["RED_INGESTION_STALE", "RED_RUN_FAILED", "YELLOW_DAG_PAUSED"]
    text = mail_about(problem_of("pipeline.identity_run", states[0], states=states))
    assert (
        "También: La última corrida de la ingesta de identidad falló. "
        "La ingesta de identidad está en pausa en Airflow: no volverá a ejecutarse por su cuenta." in text
    )
    assert "También" not in mail_about(problem_of("pipeline.identity_run", states[0], states=states[:1]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_of_checks_that_cannot_run_has_a_name(language: Language) -> None:
    for group in PROBES:
        assert f"probe.{group}" in codes("subject", language)
        assert f": {group}." not in mail_about(problem_of(f"probe.{group}", "CHECK_FAILED"), language=language)


def test_one_instruction_is_given_and_not_the_system_s_own_as_well() -> None:
    text = mail_about(problem_of("probe.source", "CHECK_FAILED", error="database lacks a view.\nNext: run the DAG x."))
    assert "Mensaje del sistema (en inglés):\n  | database lacks a view.\n  Qué hacer: Lea el mensaje" in text
    assert "Next:" not in text


def test_poor_quality_says_why() -> None:
    text = mail_about(problem_of("quality.scout_attribution", "YELLOW_ATTRIBUTION_QUALITY", reasons=["NO_PERSONS"]))
    assert "Motivo: todavía no hay ninguna persona" in text
    assert "Si aún no hay personas, ejecute la ingesta de identidad." in text
    reasons = ["RED_ATTRIBUTION_STALE", "CONFLICTS_OVER_100"]
    text = mail_about(problem_of("quality.scout_attribution", "RED_ATTRIBUTION_QUALITY", reasons=reasons))
    assert (
        "Motivo: La atribución de scouts no se completa desde hace demasiado tiempo; más de 100 conflictos abiertos"
        in text
    )


def test_no_new_data_says_for_how_long() -> None:
    quiet = problem_of("pipeline.identity_run", "YELLOW_NO_NEW_DATA") | {"limit": {"no_new_data_days": 3}}
    assert "Medido: sin datos nuevos desde hace más de 3 d" in mail_about(quiet)


def test_when_it_was_found_is_not_told_as_when_it_began() -> None:
    text = mail_about(problem_of("pipeline.identity_run", "RED_INGESTION_STALE"))
    assert "Detectado: 21 nov. 2026, 20:00 (hace menos de 1 min)" in text
    assert "Desde:" not in text


def test_what_is_new_is_marked_where_something_is_old() -> None:
    old, new = (problem_of(f"source.{name}", "RED_NO_DATA") | {"is_news": name == "drivers"}
                for name in ("summary_daily", "drivers"))  # fmt: skip
    assert "■ Nuevo: La fuente drivers está vacía." in mail_about(old, new, kind="EXTENDED")
    assert "■ La fuente summary_daily está vacía." in mail_about(old, new, kind="EXTENDED")
    for text in (mail_about(new, new), mail_about(new, kind="EXTENDED"), mail_about(old, new, kind="CLOSED")):
        assert "Nuevo:" not in text


@pytest.mark.parametrize(("count", "rest"), [(10, None), (11, "Y 1 más: s10."), (13, "Y 3 más: s10, s11, s12.")])
def test_both_channels_name_those_that_they_have_no_room_for(count: int, rest: str | None) -> None:
    many = {**facts(), "problems": [problem_of(f"source.s{number}", "RED_NO_DATA") for number in range(count)]}
    message = compose(many, "es")
    assert message.rest == rest
    plain, html = mail_parts(message)
    for said in (plain, html, json.dumps(slack_blocks(message)[1], ensure_ascii=False)):
        assert "La fuente s9 está vacía." in said
        assert "La fuente s10 está vacía." not in said
        assert rest is None or rest in said


def test_a_message_says_where_it_is_acknowledged_until_it_is_over() -> None:
    opened, closed = compose(facts(), "es"), compose(facts("CLOSED"), "es")
    assert closed.handling is None
    assert compose({**facts(), "episode_id": 0}, "es").handling is None, "while the database is down nobody can"
    for said in (*mail_parts(opened), json.dumps(slack_blocks(opened)[1], ensure_ascii=False)):
        assert "Para reconocerla o silenciarla: página de salud, «Alertas abiertas»." in said


def test_what_identifies_a_person_goes_neither_by_mail_nor_by_slack() -> None:
    row = {"person_key": "0b0c", "phone": "987654321", "full_name": "LUIS ROJAS", "links": 2}
    broken = problem_of("invariant.every_person_is_counted_once", "RED_INVARIANT_BROKEN", sample=[row],
                        error="driver 987-654-321 on 2026-11-22 at 10.20.30.40")  # fmt: skip
    message = compose({**facts(), "problems": [broken]}, "es")
    for said in (*mail_parts(message), json.dumps(slack_blocks(message)[1], ensure_ascii=False)):
        for secret in ("987654321", "987-654-321", "LUIS", "ROJAS"):
            assert secret not in said
        assert "person_key=0b0c, phone=•••, full_name=•••, links=2" in said
        assert "on 2026-11-22 at 10.20.30.40" in said


@pytest.mark.parametrize("seconds", [-0.001, -30, -86_400])
def test_nothing_lasts_less_than_no_time(seconds: float) -> None:
    assert Formats("es").span(timedelta(seconds=seconds)) == "menos de 1 min"
