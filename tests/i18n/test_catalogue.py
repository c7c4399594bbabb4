"""The catalogues of both languages: complete, without leftovers, and with a text for every code."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from babel.messages.extract import extract_from_dir

import control_tower
from control_tower.database import read_sql
from control_tower.i18n.catalogue import Language, catalogue
from control_tower.jobs import JOBS
from control_tower.migrate.data_dictionary import label_groups
from control_tower.monitoring import grouping
from control_tower.monitoring.checks import check_names
from control_tower.monitoring.health_check import PROBES
from control_tower.rehearsal.report import Kind
from control_tower.runs import RUN_SETTINGS
from control_tower.sources import SOURCE_TABLES
from control_tower.web.api_errors import STATUS
from control_tower.web.navigation import MENU
from control_tower.web.review_reasons import REASONS
from tests.i18n.catalogues import LANGUAGES, Key, codes, read, texts

TEXTS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
"""Functions whose arguments are a text of the catalogue."""
GROUP = re.compile(r"""\b(?:name_of|name|find)\(["']([a-z_.]+)["'],""")
"""A call whose first argument is a group of codes; Babel finds none within an f-string."""
PACKAGE = Path(control_tower.__file__).parent


def extracted() -> set[Key]:
    """The texts of templates and modules, found by Babel."""
    found = extract_from_dir(
        PACKAGE,
        method_map=[("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")],
        options_map={"**.html": {"silent": "false"}},
        keywords=TEXTS,
    )
    return {(context, msgid) for _, _, msgid, _, context in found}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def codes_of(pattern: str, *files: str) -> set[str]:
    """What a pattern finds in files of `sql/`."""
    return {code for file in files for code in re.findall(pattern, read_sql(file))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_texts_and_groups_of_the_package_and_no_others(language: Language) -> None:
    used = extracted()
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".html")]
    groups = {group for path in sources for group in GROUP.findall(path.read_text())} | label_groups()
    assert len(used) > 300
    known = texts(language).keys()
    assert used - known == set(), "without an entry"
    rest = known - used
    assert {(context, msgid) for context, msgid in rest if context not in groups} == set(), "no longer used"
    assert {context for context, _ in rest} == groups
    assert not read(language).obsolete


def test_both_catalogues_have_the_same_entries_with_the_same_placeholders() -> None:
    spanish, english = texts("es"), texts("en")
    assert spanish.keys() == english.keys()
    for key, forms in spanish.items():
        assert not read("es").get(*reversed(key)).fuzzy, key  # type: ignore[union-attr]
        assert len(forms) == len(english[key]), key
        for one, other in zip(forms, english[key], strict=True):
            assert one.strip() == one != "", key
            assert other.strip() == other != "", key
            assert placeholders(one) == placeholders(other), key


def test_the_english_text_of_a_sentence_is_its_msgid() -> None:
    for context, msgid in extracted():
        assert texts("en")[context, msgid] == ((msgid,) if isinstance(msgid, str) else msgid)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("rule", codes_of(r"\(\d+, '([A-Z0-9_]+)'", "views/identity/match_rules.sql") | {"NEW_PERSON", "MANUAL"}),
        (
            "reason",
            codes_of(r"(?:then|else) '([A-Z]+_[A-Z_]+)'", "pipeline/4_decide/decide.sql")
            | codes_of(r"reason_code, '([A-Z_]+)'", "pipeline/5_conclude/contest_records.sql"),
        ),
        ("block", codes_of(r"then '([A-Z_]+)'", "pipeline/10_payments/refresh_scout_payments.sql")
         - {"BLOCKED", "ELIGIBLE"}),
        ("correction", codes_of(r"'([A-Z_]+)'", "migrations/0007_statements.sql") - {"EARNED", "CORRECTION"}),
        ("line_kind", {"EARNED", "CORRECTION"}),
        ("source", {*SOURCE_TABLES, "drivers"}),
        ("cause", {*JOBS, grouping.SOURCES, grouping.INVARIANTS, grouping.AIRFLOW, grouping.HEALTH,
                   grouping.ATTRIBUTION_QUALITY, grouping.PAYMENTS}),
        ("subject", {*check_names(), *JOBS, *(f"probe.{group}" for group in PROBES)}),
        ("check_subject", {f"probe.{group}" for group in PROBES}),
        ("rehearsal.kind", set(get_args(Kind))),
        ("rehearsal.setting", set(RUN_SETTINGS)),
        ("rehearsal.object", codes_of(r"(?:select|then|else) '([a-z ]+)'", "rehearsal/remember_objects.sql")),
        ("rehearsal.subject", codes_of(r"select\n    '([a-z]+)'", *(
            f"rehearsal/compare_{name}.sql" for name in ("objects", "links", "ledger", "money")
        )) | {"contested", "unmatched"}),
        ("rehearsal.difference", codes_of(r"(?:select|then|else) '([a-z_]+)'", *(
            f"rehearsal/compare_{name}.sql" for name in ("objects", "rekeyed_links", "links", "ledger", "money")
        ))),
    ],
)  # fmt: skip
def test_every_code_has_a_text(group: str, expected: set[str]) -> None:
    assert expected
    assert expected <= codes(group).keys()


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("error.detail", set(STATUS)),
        ("error.action", set(STATUS)),
        ("review_reason", {code for codes in REASONS.values() for code in codes}),
        ("menu", {entry.path for entry in MENU}),
        ("menu.short", {entry.path for entry in MENU}),
    ],
)
def test_every_code_has_a_text_and_every_text_a_code(group: str, expected: set[str]) -> None:
    assert codes(group).keys() == expected


def test_no_check_is_named_that_does_not_exist() -> None:
    invariants = {code for code in codes("subject") if "_" in code and "." not in code} - set(JOBS)
    assert invariants == set(check_names())


def test_every_state_says_what_is_wrong_and_what_to_do() -> None:
    assert codes("state.title").keys() == codes("state.action").keys()


def test_every_state_of_the_views_has_a_text_of_its_own() -> None:
    files = ("source_health_at.sql", "v_pipeline_health_at.sql", "v_check_results_at.sql")
    states = codes_of(r"'(?:RED|YELLOW)_([A-Z0-9_]+[A-Z0-9])'", *(f"functions/{file}" for file in files))
    assert len(states) >= 10
    assert states <= {code.rpartition(".")[2] for code in codes("state.title")}


def test_every_reason_of_poor_quality_has_a_text_on_pages_and_in_messages() -> None:
    reasons = codes_of(r"'([A-Z]+_[A-Z0-9_]+)'", "functions/v_scout_attribution_health_at.sql")
    reasons = {code for code in reasons if not code.startswith(("RED_", "YELLOW_"))}
    assert reasons >= {"NO_PERSONS", "CONFLICTS_OVER_100"}
    assert codes("quality_reason").keys() == codes("attribution_reason").keys() == reasons


@pytest.mark.parametrize(
    ("check", "state", "title"),
    [
        ("source.drivers", "RED_NO_DATA", "La fuente drivers está vacía."),
        ("source.lead_events", "RED_NO_DATA", "Los eventos de leads no están al día."),
        ("source.drivers", "RED_SOMETHING_NEW", "La fuente drivers no está al día."),
        ("pipeline.identity_run", "RED_NO_INGESTION", "La ingesta de identidad nunca se ha completado."),
        ("pipeline.identity_run", "RED_SOMETHING_NEW", "La ingesta de identidad: RED_SOMETHING_NEW"),
    ],
)
def test_a_state_is_described_for_its_subject_else_its_group_else_for_all(check: str, state: str, title: str) -> None:
    assert catalogue("es").problem(check, state)[0] == title


def test_a_code_without_a_text_is_shown_as_it_is() -> None:
    assert catalogue("es").name("rule", "R9_NEW") == "R9_NEW"
    assert catalogue("es").name("rule", None) == "–"
    assert catalogue("en").subject("invariant.some_new_rule") == "some new rule"


def test_a_catalogue_is_read_once_and_not_before_a_text_is_needed() -> None:
    assert catalogue("es") is catalogue("es")
    code = f"import sys; sys.path[:0] = {[entry for entry in sys.path if entry]!r}\n"
    code += "import control_tower.monitoring.tasks\n"
    code += "print(*(name in sys.modules for name in ('control_tower.i18n.catalogue', 'babel')))"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.splitlines()[-1] == "True False"


def test_no_compiled_catalogue_lies_beside_the_texts() -> None:
    assert {path.name for path in (PACKAGE / "i18n/locale").rglob("*") if path.is_file()} == {
        "control_tower.po",
        "dags.po",
        "data_dictionary.po",
    }
