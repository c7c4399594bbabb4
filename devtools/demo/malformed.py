"""Malformed rows: one of every kind, in rotation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

LONG = "JUAN CARLOS QUISPE MAMANI " * 400
"""10,400 characters, as when a whole sheet is pasted into a cell."""


class Fault(NamedTuple):
    """What is wrong with a malformed row."""

    is_nobody: bool
    """The row identifies no person."""
    changes: dict[str, Any]
    """New values of columns of an ordinary row; ``{own}`` is replaced by the old value."""


def _time(text: str) -> datetime:
    """A local time without zone, as the source tables have them."""
    return datetime.fromisoformat(text)


_ALL_EMPTY = dict.fromkeys(
    ("first_name", "middle_name", "last_name", "park_phone", "asset_plate_number", "asset_model"), None
)

LEAD_FAULTS = [
    Fault(False, {"lead_created_at": None}),
    Fault(True, _ALL_EMPTY | {"park_phone": "-", "first_name": "", "last_name": " "}),
    Fault(
        True,
        {
            "first_name": LONG,
            "middle_name": None,
            "last_name": LONG,
            "park_phone": "9" * 10_000,
            "asset_plate_number": "X" * 10_000,
        },
    ),
    Fault(False, {"first_name": "🚕 {own} 😎", "last_name": "🔥🔥 {own} ✅"}),
    Fault(False, {"first_name": "\t{own}\x07", "last_name": "{own}\r\n\x1b[31m\u200b"}),
    Fault(True, _ALL_EMPTY | {"lead_created_at": None, "external_id": None}),
    Fault(False, {"lead_created_at": _time("1970-01-01T00:00:00")}),
    Fault(False, {"lead_created_at": _time("2202-02-22T22:22:00")}),
    Fault(
        True,
        _ALL_EMPTY | {"first_name": "PRUEBA", "last_name": "TEST", "park_phone": "123", "asset_plate_number": "TEST"},
    ),
    Fault(
        False,
        {
            "first_name": "{own}'); DROP TABLE leads;--",
            "last_name": "<script>alert(1)</script> {own} O'Higgins \\N",
        },
    ),
    Fault(False, {"middle_name": "\ufeff", "last_name": "{own}\u0301\u0302\u0303\u0304 \u202eoderflA"}),
    Fault(
        True,
        {
            "first_name": "…",
            "middle_name": "?",
            "last_name": "¿¿",
            "park_phone": "９８７６５４３２１" * 3,
            "asset_plate_number": "💥",
        },
    ),
]

SCOUTING_FAULTS = [
    Fault(False, {"registration_date": None}),
    Fault(True, {"driver_name": None, "driver_phone": None, "driver_license": None}),
    Fault(True, {"driver_name": LONG, "driver_phone": "1" * 10_000, "driver_license": "Q" * 10_000}),
    Fault(False, {"driver_name": "🙏 {own} 🙏"}),
    Fault(False, {"driver_name": "{own}\x01\n\n"}),
    Fault(True, {"driver_name": "-", "driver_phone": "S/N", "driver_license": "S/N", "scout_id": None}),
    Fault(True, {"driver_name": "prueba", "driver_phone": "0", "driver_license": "0", "registration_date": None}),
    Fault(
        False,
        {"driver_name": '=HYPERLINK("http://example.invalid";"{own}")', "acquisition_method": LONG[:3000]},
    ),
]


def fault_of(row: int, faults: list[Fault]) -> Fault:
    """The fault of a malformed row; faults rotate, since malformed rows have the same place in each 1,000 rows."""
    return faults[(row // 1_000 + row % 1_000) % len(faults)]


def with_fault(values: tuple[Any, ...], columns: tuple[str, ...], fault: Fault) -> tuple[Any, ...]:
    """The row with the fault applied."""
    return tuple(
        new.replace("{own}", str(value or "")) if isinstance(new := fault.changes.get(column, value), str) else new
        for column, value in zip(columns, values, strict=True)
    )
