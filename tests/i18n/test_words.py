"""The words of the pages: Spanish sentences are Spanish, and name nothing that only a programmer knows."""

from __future__ import annotations

import re
from pathlib import Path

import control_tower.airflow_dags
from control_tower.i18n.catalogue import DAG_TEXTS, DATA_DICTIONARY, DOMAIN, codes
from tests.i18n.catalogues import texts

DOCS = Path(__file__).parents[2] / "docs"
DAG_DOCS = Path(control_tower.airflow_dags.__file__).parent
"""Their docstrings are in both languages."""
DAGS = {path.stem for path in (Path(__file__).parents[2] / "dags").glob("*.py")}

ENGLISH = set(Path(__file__).with_name("english_words.txt").read_text().split())
"""Frequent English words."""
ALSO_SPANISH = {"a", "error", "has", "me", "no", "use"}
"""Words of both languages."""


def spanish() -> dict[str, str]:
    """Every Spanish text by where it stands, without its placeholders."""
    return {
        f"{context}: {msgid}": re.sub(r"\{[^}]*\}", "", form)
        for (context, msgid), forms in texts("es").items()
        for form in forms
    }


def test_no_spanish_sentence_has_an_english_word() -> None:
    english = ENGLISH - ALSO_SPANISH
    found = {
        where: sorted(words & english)
        for where, text in spanish().items()
        if (words := set(re.findall(r"[a-záéíóúñü]+", text.lower()))) & english
    }
    assert found == {}


ONE_WORD = {
    r"enla[cz]\w*": "vínculo, vincular (a record with a person)",
    r"carros?|coches?|veh[ií]culos?": "auto",
}
"""Words that Spanish texts do not use, and what they say instead."""


def test_a_thing_has_one_word_in_spanish() -> None:
    found = {
        (domain, msgid): text
        for domain in (DOMAIN, DATA_DICTIONARY, DAG_TEXTS)
        for group in codes("es", domain).values()
        for msgid, text in group.items()
    } | {(DOMAIN, where): text for where, text in spanish().items()}
    assert len(found) > 2000
    for page in (DOCS / "runbook.es.md", DOCS / "moving-from-cron.es.md", *DAG_DOCS.glob("*.py")):
        # "enlazar a" is what an address does
        found[page.name, ""] = re.sub(r"enlazan? a ", "", page.read_text())
    used = {
        where: (word.group(), instead)
        for pattern, instead in ONE_WORD.items()
        for where, text in found.items()
        if (word := re.search(rf"(?i)\b(?:{pattern})\b", text))
    }
    assert used == {}


def test_no_spanish_sentence_names_a_dag_a_column_a_setting_or_a_notation_of_programs() -> None:
    codes = re.compile(
        r"\b[A-Za-z]+_[A-Za-z_]+\b|\b(?:JSON|NULL|UTC|DAGs?|Bearer|regex)\b"  # names of programs
        r"|\^\w|\[\w-\w\]|\\[dws]"  # parts of a regular expression
    )
    found = {where: text for where, text in spanish().items() if codes.search(text) or DAGS & set(text.split())}
    assert found == {}
    assert len(DAGS) > 8
