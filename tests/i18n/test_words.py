"""The words of the pages: Spanish sentences are Spanish, and name nothing that only a programmer knows."""

from __future__ import annotations

import re
from pathlib import Path

from tests.i18n.catalogues import texts

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


def test_no_spanish_sentence_names_a_dag_a_column_a_setting_or_a_notation_of_programs() -> None:
    codes = re.compile(
        r"\b[A-Za-z]+_[A-Za-z_]+\b|\b(?:JSON|NULL|UTC|DAGs?|Bearer|regex)\b"  # names of programs
        r"|\^\w|\[\w-\w\]|\\[dws]"  # parts of a regular expression
    )
    found = {where: text for where, text in spanish().items() if codes.search(text) or DAGS & set(text.split())}
    assert found == {}
    assert len(DAGS) > 8
