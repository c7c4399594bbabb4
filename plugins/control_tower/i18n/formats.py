"""Numbers, money, days and spans of time as the reader of a page writes them (see `control_tower.i18n.numbers`)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from control_tower.i18n import numbers
from control_tower.i18n.message_words import WORDS
from control_tower.settings import get_settings
from control_tower.web.language import Language

NOTHING = "–"
"""What stands where there is no value."""

CURRENCY_OF = {"PE": "PEN", "CO": "COP"}
"""In what amounts are, by `CONTROL_TOWER_COUNTRY`, where no payment rule names another currency (ISO 4217)."""

SIGNS = {"PEN": "S/", "USD": "US$"}
"""How a currency is written; another one by its code. The peso sign is that of several: it is Colombia's at home."""


class Formats:
    """The notation of one reader.

    Args:
        language: Of the words.
        now: The moment that ages are told from.
    """

    def __init__(self, language: Language, now: datetime | None = None) -> None:
        settings = get_settings()
        self.language = language
        self.zone = ZoneInfo(settings.timezone)
        self.now = (now or datetime.now(UTC)).astimezone(self.zone)
        self._currency = CURRENCY_OF[settings.country]
        self._words = WORDS[language]
        # a list repeats the moments of a few runs
        self._exact: dict[datetime, str] = {}
        self._ago: dict[datetime, str] = {}

    def number(self, value: float | Decimal | None, decimals: int = 0) -> str:
        """A number with thousands separators."""
        return NOTHING if value is None else numbers.number(value, self.language, decimals)

    def percent(self, value: float | Decimal | None, decimals: int = 1) -> str:
        """A percentage."""
        return NOTHING if value is None else numbers.percent(value, self.language, decimals)

    def money(self, value: float | Decimal | None, currency: str | None = None) -> str:
        """An amount with its currency; without one, that of the country. Pesos have cents only when there are some."""
        if value is None:
            return NOTHING
        currency = currency or self._currency
        sign = "$" if currency == self._currency == "COP" else SIGNS.get(currency, currency)
        decimals = 0 if currency == "COP" and value == int(value) else 2
        return f"{sign}\N{NO-BREAK SPACE}{self.number(value, decimals)}"

    def day(self, value: date | datetime | None) -> str:
        """A day: 22 nov 2026. A moment is that of the local day; one without a zone is local already."""
        if value is None:
            return NOTHING
        local = value.astimezone(self.zone) if isinstance(value, datetime) and value.tzinfo else value
        return f"{local.day} {self._words.months[local.month - 1]} {local.year}"

    def short_day(self, value: date) -> str:
        """A day of the current months: 22 nov."""
        return f"{value.day} {self._words.months[value.month - 1]}"

    def moment(self, value: datetime | None) -> str:
        """A day with hour and minute, in the local zone."""
        if value is None:
            return NOTHING
        return f"{self.day(value)}, {value.astimezone(self.zone):%H:%M}"

    def exact(self, value: datetime | None) -> str:
        """A moment to the second with its zone, for whoever wants to know exactly."""
        if value is None:
            return NOTHING
        if value not in self._exact:
            self._exact[value] = f"{self.day(value)}, {value.astimezone(self.zone):%H:%M:%S} ({self.zone.key})"
        return self._exact[value]

    def ago(self, value: datetime | None) -> str:
        """How long ago a moment was, or how soon it will be."""
        if value is None:
            return "nunca" if self.language == "es" else "never"
        if value not in self._ago:
            self._ago[value] = self._how_long_ago(value)
        return self._ago[value]

    def _how_long_ago(self, value: datetime) -> str:
        length = self.now - value
        if abs(length) < timedelta(minutes=1):
            return "ahora mismo" if self.language == "es" else "just now"
        said = self._roughly(abs(length))
        if length < timedelta(0):
            return f"en {said}" if self.language == "es" else f"in {said}"
        return f"hace {said}" if self.language == "es" else f"{said} ago"

    def duration(self, value: timedelta | float | None) -> str:
        """A length of time; a number counts seconds."""
        if value is None:
            return NOTHING
        length = value if isinstance(value, timedelta) else timedelta(seconds=float(value))
        if length < timedelta(minutes=1):
            return f"{max(int(length.total_seconds()), 0)} s"
        if length < timedelta(hours=1):
            minutes, seconds = divmod(int(length.total_seconds()), 60)
            return f"{minutes} min {seconds} s" if seconds and minutes < 10 else f"{minutes} min"
        return self._words.duration(length)

    def days(self, count: int | None) -> str:
        """So many days."""
        if count is None:
            return NOTHING
        one, many = ("día", "días") if self.language == "es" else ("day", "days")
        return f"{self.number(count)} {one if count == 1 else many}"

    def _roughly(self, length: timedelta) -> str:
        if length >= timedelta(days=2):
            return self.days(length.days)
        return self._words.duration(length)
