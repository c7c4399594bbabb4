"""Reasons to choose from on the review page, by kind of case. The text may be edited before a decision is saved."""

from __future__ import annotations

from control_tower.i18n.catalogue import Language, catalogue
from control_tower.web.models.review import CaseKind

REASONS: dict[CaseKind, tuple[str, ...]] = {
    "CONFLICT": ("SIGNED_FORM", "PERSON_SAID", "FIRST_TO_REGISTER", "CAME_ALONE"),
    "UNMATCHED": ("CALLED", "SAME_DOCUMENT", "SAME_NAME_AND_CAR", "NEVER_DROVE", "TEST_RECORD"),
    "CONTESTED": ("CALLED", "SAME_DOCUMENT", "PHONE_CHANGED_HANDS", "RELATIVES"),
    "REPLACED": ("ROW_CORRECTED", "ROW_REUSED", "CALLED"),
    "UNEXPLAINED_PAYMENT": ("PARTNER_CONFIRMED", "RIGHT_WHEN_PAID", "SETTLED_WITH_PARTNER"),
}
"""Codes of the reasons, the usual ones first."""


def reasons(kind: CaseKind, language: Language) -> list[str]:
    """The texts of the reasons for a kind of case."""
    texts = catalogue(language)
    return [texts.name("review_reason", code) for code in REASONS.get(kind, ())]
