"""The catalogues as files, entry by entry."""

from __future__ import annotations

from functools import cache
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from control_tower.i18n.catalogue import Language, po_file

LANGUAGES = get_args(Language)

Key = tuple[str | None, str | tuple[str, ...]]
"""Context (None: there is none) and msgid; a text with a plural has both forms."""


@cache
def read(language: Language) -> Catalog:
    with po_file(language).open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def texts(language: Language) -> dict[Key, tuple[str, ...]]:
    """Every entry with its text, or its forms."""
    return {
        (entry.context, entry.id): (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
        for entry in read(language)
        if entry.id
    }


def codes(group: str, language: Language = "es") -> dict[str, str]:
    """The codes of a group with their texts."""
    return {str(msgid): forms[0] for (context, msgid), forms in texts(language).items() if context == group}
