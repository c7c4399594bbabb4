"""How numbers and percentages are written, alike on pages and in messages.

Spanish as in Peru and Colombia is not one notation: numbers follow the setting `CONTROL_TOWER_COUNTRY` (Peru writes
1,234.50, Colombia 1.234,50), English is written 1,234.50. Spanish puts a space before the percent sign, which no line
break takes, and English none. CLDR 45 has all of it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from control_tower.settings import get_settings

_SWAPPED = str.maketrans(",.", ".,")


def number(value: float | Decimal, language: Literal["es", "en"], decimals: int = 0) -> str:
    """A number with thousands separators and so many decimals, as it is written in a language."""
    text = f"{value:,.{decimals}f}"
    return text.translate(_SWAPPED) if language == "es" and get_settings().country == "CO" else text


def percent(value: float | Decimal, language: Literal["es", "en"], decimals: int = 1) -> str:
    """A percentage (49.3 is 49.3 %), as it is written in a language."""
    sign = "\N{NO-BREAK SPACE}%" if language == "es" else "%"
    return number(value, language, decimals) + sign
