"""The evidence about one case of the review, side by side: a row per value, a column per record, account or claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from unicodedata import normalize

from control_tower.i18n.catalogue import Language
from control_tower.i18n.formats import Formats
from control_tower.identity.name_matching import compare_names
from control_tower.masking import Kind, masked
from control_tower.web.explain import Explainer

FIELDS: dict[str, tuple[str, Kind]] = {
    "name": ("driver_name", "name"),
    "phone": ("driver_phone", "number"),
    "license": ("driver_license", "number"),
    "plate": ("plate", "number"),
}
"""Values that are compared: their key where they are written, and how they are masked."""

MOST_SIDES = 6
"""Most records, accounts or claims shown side by side."""


@dataclass(frozen=True)
class Cell:
    """One value: as written, as read where that looks otherwise, and whether it is that of the first column."""

    written: str = ""
    read: str = ""
    verdict: str = ""
    agrees: bool | None = None


@dataclass
class Side:
    """One column. `number` is the key that chooses it; `values` are those of `FIELDS` as compared."""

    title: str
    subtitle: str = ""
    number: int | None = None
    person_key: Any = None
    driver_id: str | None = None
    when: str = ""
    when_note: str = ""
    row: str = ""
    car: str = ""
    more: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    verdict: str | None = None
    similarity: Any = None


@dataclass(frozen=True)
class Choice:
    """An answer: the key that chooses it, what it is called, what it does, and what is sent."""

    number: int
    title: str
    effect: str
    value: Mapping[str, Any]
    note: str = ""


class Comparison:
    """Puts sides beside each other for one reader; who may not see personal data gets masked values."""

    def __init__(self, language: Language, sees_personal_data: bool) -> None:
        self.formats = Formats(language)
        self.texts = self.formats.texts
        self.explain = Explainer(language)
        self._sees = sees_personal_data

    def side(self, title: str, content: Mapping[str, Any] | None, **more: Any) -> Side:
        """A side of a record (`written` is a part of it) or of an account, whose keys are those of `FIELDS`."""
        found = content or {}
        written = found.get("written")
        words = [found.get("brand"), found.get("model")]
        if isinstance(written, Mapping):
            words = [written.get("brand"), written.get("model")] if found.get("brand") else [written.get("car_model")]
        car = " ".join(str(word) for word in words if word)
        return Side(
            title,
            values={name: found.get(name) for name in FIELDS},
            written=written if isinstance(written, Mapping) else {},
            **{"car": car, **more},
        )

    def rows(self, sides: list[Side]) -> list[tuple[str, list[Cell]]]:
        """Name of each field that some side has, and its cells."""
        found = []
        for name in FIELDS:
            cells = [self._cell(name, side, sides[0] if place else None) for place, side in enumerate(sides)]
            if any(cell.written for cell in cells):
                found.append((name, cells))
        return found

    def _cell(self, name: str, side: Side, first: Side | None) -> Cell:
        key, kind = FIELDS[name]
        read = _text(side.values.get(name))
        written = _text(side.written.get(key)) or read
        agrees, verdict = None, ""
        other = _text(first.values.get(name)) if first else ""
        if first and read and other:
            agrees, verdict = (
                self._names(side, read, other) if name == "name" else (read == other, self._equal(read == other))
            )
        shown_read = read if _plain(read) != _plain(written) else ""
        if not self._sees:
            written, shown_read = (_text(masked(value, kind)) if value else "" for value in (written, shown_read))
        return Cell(written, shown_read if shown_read != written else "", verdict, agrees)

    def _names(self, side: Side, read: str, other: str) -> tuple[bool | None, str]:
        if side.verdict:
            verdict, similarity = side.verdict, side.similarity
        elif sorted(read.split()) == sorted(other.split()):
            return True, self._equal(True)
        else:
            similarity, verdict = compare_names(read, other)
        agrees = {"CONTRADICT": False, "VERY": True, "AGREE": True}.get(verdict)
        return agrees, self.explain.names(verdict, similarity)

    def _equal(self, is_equal: bool) -> str:
        return self.texts.gettext("✓ same") if is_equal else self.texts.gettext("✗ different")

    def name(self, value: Any) -> str:
        """A name as the reader may see it; empty if there is none."""
        return _text(value if self._sees or not value else masked(value, "name"))

    def when(self, moment: datetime | None, day: date | None) -> str:
        """When a record was made: to the minute, or the day where midnight says that no time was noted."""
        if moment is None:
            return self.formats.day(day)
        local = moment.astimezone(self.formats.zone)
        return self.formats.moment(moment) if local.hour or local.minute else self.formats.day(moment)

    def trips(self, account: Mapping[str, Any]) -> str:
        """What an account drove since the day of the lead."""
        _ = self.texts.gettext
        if not account.get("trips"):
            return _("no trips since")
        trips = account["trips_14d"]
        return self.texts.ngettext(
            "{n} trip in 14 days, the first on {day}", "{n} trips in 14 days, the first on {day}", trips
        ).format(n=self.formats.number(trips), day=self.formats.day(account["first_trip_date"]))

    def days_apart(self, hired: date | None, recorded: date | None) -> str:
        """How long before or after the record somebody was hired."""
        if hired is None or recorded is None:
            return ""
        days = (hired - recorded).days
        n, texts = abs(days), self.texts
        if n == 0:
            return texts.gettext("hired the same day")
        if days > 0:
            return texts.ngettext("hired {n} day after", "hired {n} days after", n).format(n=n)
        return texts.ngettext("hired {n} day before", "hired {n} days before", n).format(n=n)

    def effect_of_scout(self, name: str, case: Mapping[str, Any]) -> str:
        """What choosing a scout does with the money at stake."""
        _ = self.texts.gettext
        if case["amount"]:
            amount = self.formats.money(case["amount"], case["currency"])
            return _("pays {amount} to {scout}").format(amount=amount, scout=name)
        return _("pays nothing yet: no milestone is reached; what comes is {scout}'s").format(scout=name)

    def effect_of_nobody(self, case: Mapping[str, Any]) -> str:
        """What it does to say that no scout brought the person."""
        _ = self.texts.gettext
        if case["amount"]:
            return _("pays nobody: {amount} stay unpaid").format(
                amount=self.formats.money(case["amount"], case["currency"])
            )
        return _("pays nobody, now and later")

    def effect_of_link(self, name: str, case: Mapping[str, Any], scout: str) -> str:
        """What it does to say whose record it is."""
        _ = self.texts.gettext
        if scout and case["amount"]:
            return _("joins the record to {name}; {scout} can earn up to {amount}").format(
                name=name, scout=scout, amount=self.formats.money(case["amount"], case["currency"])
            )
        if scout:
            return _("joins the record to {name} and brings {scout} as their scout").format(name=name, scout=scout)
        return _("joins the record to {name}; it brings no scout").format(name=name)


def content_of(found: Any) -> dict[str, Any]:
    """A content of `ops.v_identity_contested`, in the form of a record: what is compared, and `written`."""
    content = dict(found) if isinstance(found, Mapping) else {}
    return {**content, "written": content}


def driver_ids(previews: Iterable[Mapping[str, Any]]) -> list[str]:
    """The accounts that candidates name."""
    return [str(part["driver_id"]) for part in previews if part.get("driver_id")]


def _plain(text: str) -> str:
    """What is left of a text without case, accents and punctuation: a difference in those needs no second line."""
    return "".join(letter for letter in normalize("NFD", text.upper()) if letter.isalnum())


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
