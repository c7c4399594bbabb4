"""The catalogue of a language: loading it, and looking codes up in it."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

Language = Literal["es", "en"]

DOMAIN = "control_tower"
"""Texts of pages and messages, and the labels of codes."""
DATA_DICTIONARY = "data_dictionary"
"""Texts about views and their columns (control_tower.data_dictionary)."""
DAG_TEXTS = "dags"
"""Names and descriptions of DAGs: small, since DAG files are parsed often."""
LOCALE = Path(__file__).parent / "locale"

NOTHING = "–"
"""Shown where there is no value."""


def po_file(language: Language, domain: str = DOMAIN) -> Path:
    """The catalogue of a language."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


@cache
def codes(language: Language, domain: str = DOMAIN) -> dict[str, dict[str, str]]:
    """Every text that has a context: by that context, which is the group of a code, and by the code."""
    from babel.messages.pofile import read_po

    found: dict[str, dict[str, str]] = {}
    with po_file(language, domain).open("rb") as source:
        for entry in read_po(source, locale=language, abort_invalid=True):
            if entry.context and isinstance(entry.id, str) and isinstance(entry.string, str):
                found.setdefault(entry.context, {})[entry.id] = entry.string
    return found


class Catalogue(GNUTranslations):
    """The texts of one language."""

    def __init__(self, language: Language) -> None:
        # Imported here: Airflow parses DAG files whose imports lead to this module, and shows no text there.
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        compiled = BytesIO()
        with po_file(language).open("rb") as source:
            write_mo(compiled, read_po(source, locale=language, domain=DOMAIN, abort_invalid=True))
        compiled.seek(0)
        super().__init__(compiled)
        self.language: Language = language

    def find(self, group: str, code: str) -> str | None:
        """The text of a code, None if it has none."""
        text = self.pgettext(group, code)
        return None if text == code else text

    def name(self, group: str, code: str | None) -> str:
        """The text of a code; the code itself if it has none."""
        return NOTHING if code is None else self.pgettext(group, code)

    def subject(self, check_name: str) -> str:
        """The subject of a check `<group>.<subject>`, as it is named within a sentence."""
        group, _, subject = check_name.partition(".")
        plain = subject.replace("_", " ") if group == "invariant" else subject
        return self.find("subject", check_name) or self.find("subject", subject) or plain

    def problem(self, check_name: str, state: str) -> tuple[str, str]:
        """What a state of a check means, and what to do about it.

        A state has texts of its own, or texts for one subject or one group of checks.
        """
        group = check_name.partition(".")[0]
        code = state.removeprefix("YELLOW_").removeprefix("RED_")
        title, action = f"{{name}}: {state}", self.gettext("Open the health page and follow the runbook.")
        for key in (check_name, f"{group}.{code}", code, f"{group}.*"):
            if found := self.find("state.title", key):
                title, action = found, self.name("state.action", key)
                break
        return capitalised(title.format(name=self.subject(check_name))), action

    def cause(self, cause: str) -> str:
        """What an alert is about, as a title."""
        return capitalised(self.name("cause", cause))


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue of a language, read once per process."""
    return Catalogue(language)


def capitalised(text: str) -> str:
    """The text with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]
