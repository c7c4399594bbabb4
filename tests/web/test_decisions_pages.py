"""What pages say of decisions: who decided what, for whom, why and when, how it is taken back, and what a run did."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.decisions import Author, resolve_scout_conflict, resolve_unmatched_lead, split_merged_person
from control_tower.web.dag_runs import DagRuns
from tests.web.browsing import PERSON_1, Page

CHIEF = Author("chief", "manual__1")
Warehouse = psycopg.Connection[Any]


@pytest.fixture
def decider(decider: TestClient) -> TestClient:
    """A browser of a user who may start DAGs, in Spanish."""
    decider.headers["Accept-Language"] = "es"
    return decider


@pytest.fixture
def progress(decider: TestClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the page says when a run has ended well."""

    def told(dag_id: str, **conf: Any) -> str:
        async def ended(*_: Any) -> Any:
            return {"state": "success", "dag_id": dag_id, "dag_run_id": "manual__1", "conf": conf}, []

        monkeypatch.setattr(DagRuns, "progress", ended)
        return decider.get(f"/runs/progress?dag_id={dag_id}&dag_run_id={quote('manual__1')}").text

    return told


def to_review(text: str) -> list[str]:
    """Where a page leads for the decision."""
    return [link["href"] for link in Page(text).all("a") if "/review#" in link["href"]]


def undo_forms(text: str) -> list[dict[str, str]]:
    return [form for form in Page(text).all("form") if form.get("data-result") == "undo-progress"]


def test_the_page_of_a_conflict_says_what_was_decided_and_no_longer_asks(
    decider: TestClient, own_fleet: Warehouse, progress: Any
) -> None:
    asks = "No se asigna a nadie hasta que alguien decida."
    text = decider.get(f"/scouts/conflicts/{PERSON_1}").text
    assert asks in text
    assert to_review(text) == [f"/control-tower/review#CONFLICT%7C{PERSON_1}"]
    decision = resolve_scout_conflict(PERSON_1, 7, "lo vio en la calle", author=CHIEF)
    text = decider.get(f"/scouts/conflicts/{PERSON_1}").text
    assert asks not in text
    assert to_review(text) == []
    assert "Para decidir otra vez, deshaga lo que se decidió." in text
    assert "Asignado a Tito Zorro (scout 7)." in text
    assert "Lo decidió chief: “lo vio en la calle”" in text
    (form,) = undo_forms(text)
    assert form["action"] == f"/control-tower/api/v1/scouts/attribution/conflicts/{PERSON_1}/resolve"
    assert f'name="undo_decision" value="{decision.id}"' in text
    assert "Asignado a Tito Zorro (scout 7)." in progress("resolve_scout_conflict")

    resolve_scout_conflict(PERSON_1, undo_decision=decision.id, reason="no era", author=Author("chief", "manual__2"))
    text = decider.get(f"/scouts/conflicts/{PERSON_1}").text
    assert asks in text
    assert f"Se deshizo la decisión {decision.id}. Ahora: En conflicto, como antes." in text
    assert len(undo_forms(text)) == 1, "the undo can be undone, what was undone cannot"


def test_nobody_is_said_in_so_many_words(decider: TestClient, own_fleet: Warehouse, progress: Any) -> None:
    text = decider.get(f"/review/case?case_kind=CONFLICT&case_key={PERSON_1}").text
    choices = [radio["value"] for radio in Page(text).all("input") if radio.get("type") == "radio"]
    assert choices[-1] == "", "another scout is written beside it"
    assert json.loads(choices[-2]) == {"nobody": True}
    resolve_scout_conflict(PERSON_1, None, "vino sola", author=CHIEF, nobody=True)
    assert "No se asigna a nadie: no se paga a ningún scout" in decider.get(f"/scouts/conflicts/{PERSON_1}").text
    assert "No se asigna a nadie: no se paga a ningún scout" in progress("resolve_scout_conflict")


def test_a_field_beside_a_choice_is_missed_in_the_reader_s_language(decider: TestClient, fleet: Warehouse) -> None:
    for language, says in (("es", "Escriba el nombre o el número"), ("en", "Write the name or number")):
        text = decider.get(f"/review/case?case_kind=CONFLICT&case_key={PERSON_1}&lang={language}").text
        (field,) = (one for one in Page(text).all("input") if one.get("name") == "scout_id")
        assert field["data-missing"].startswith(says)


def test_the_pages_of_a_record_and_a_person_say_what_was_decided(
    decider: TestClient, reader: TestClient, own_fleet: Warehouse, progress: Any
) -> None:
    record = "/unmatched/record?source_table=module_ct_cabinet_leads&source_pk=l6"
    assert to_review(decider.get(record).text) == ["/control-tower/review#UNMATCHED%7Cmodule_ct_cabinet_leads%7Cl6"]
    assert to_review(reader.get(record).text) == [], "only who may decide is led there"
    decision = resolve_unmatched_lead(
        "module_ct_cabinet_leads", "l6", driver_id="d1", reason="mostró su brevete", author=CHIEF
    )
    said = f"El registro es de la persona {decision.person_key}, por la cuenta de conductor d1."
    for path in (record, f"/persons/{decision.person_key}"):
        text = decider.get(path).text
        assert said in text
        assert "Lo decidió chief: “mostró su brevete”" in text
        (form,) = undo_forms(text)
        assert form["action"] == "/control-tower/api/v1/unmatched/resolve"
        assert f'name="undo_decision" value="{decision.id}"' in text
        assert undo_forms(reader.get(path).text) == [], "only who may decide may undo"
    assert said in progress("resolve_unmatched_lead")
    author = Author("chief", "manual__2")
    resolve_unmatched_lead("module_ct_cabinet_leads", "l6", undo_decision=decision.id, reason="no", author=author)
    assert "Ahora: El registro está abierto otra vez." in decider.get(record).text


def test_a_merged_person_is_split_after_a_look_at_what_returns_where(
    decider: TestClient, reader: TestClient, own_fleet: Warehouse, progress: Any
) -> None:
    row = own_fleet.execute("select person_key::text, survivor_key::text from ops.v_merged_persons").fetchone()
    assert row is not None
    merged, survivor = row
    path = f"/persons/{merged}/split"
    text = decider.get(f"/persons/{survivor}").text
    assert f'action="/control-tower{path}"' in text
    assert f'action="/control-tower{path}"' not in reader.get(f"/persons/{survivor}").text
    assert reader.post(path, headers={"X-Control-Tower": "1"}).status_code == 403
    preview = decider.post(path, headers={"X-Control-Tower": "1"})
    assert preview.status_code == 200, preview.text
    assert "Todavía no se escribió nada. Registros que vuelven: 1" in preview.text
    assert f"/persons/{merged}" in preview.text
    assert own_fleet.execute("select count(*) from ops.v_merged_persons").fetchone() == (1,)
    assert "Fue un ensayo: no se escribió nada." in progress("split_merged_person")
    split_merged_person(merged, "son hermanas", author=CHIEF, dry_run=False)
    assert "Otra vez dos personas: 1 registros volvieron" in progress("split_merged_person", dry_run=False)
    for key in (merged, survivor):
        text = decider.get(f"/persons/{key}").text
        assert "Lo decidió chief: “son hermanas”" in text
        assert f'action="/control-tower{path}"' not in text
    assert decider.post(f"/persons/{uuid.uuid4()}/split", headers={"X-Control-Tower": "1"}).status_code == 404
