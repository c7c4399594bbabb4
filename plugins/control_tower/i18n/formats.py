"""Numbers, money, dates and durations in the reader's notation.

Spanish follows the setting `CONTROL_TOWER_COUNTRY`: Peru writes 1,234.50 and Colombia 1.234,50.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import (
    NumberPattern,
    format_decimal,
    format_percent,
    get_currency_symbol,
    get_territory_currencies,
    parse_pattern,
)

from control_tower.i18n.catalogue import NOTHING, Language, catalogue
from control_tower.settings import get_settings

DAY = "d MMM y"


class Formats:
    """The notation of one reader; ages are counted from `now`, by default the current moment."""

    def __init__(self, language: Language, now: datetime | None = None) -> None:
        settings = get_settings()
        self.texts = catalogue(language)
        self.zone = ZoneInfo(settings.timezone)
        self.now = now or datetime.now(UTC)
        self._at_home = Locale("es", settings.country)
        self._locale = self._at_home if language == "es" else Locale(language)
        self._currency = get_territory_currencies(settings.country)[0]

    def number(self, value: float | Decimal | None, decimals: int = 0) -> str:
        """A number with thousands separators."""
        return NOTHING if value is None else format_decimal(value, _pattern(decimals), locale=self._locale)

    def percent(self, value: float | Decimal | None, decimals: int = 1) -> str:
        """A percentage; the value 49.3 is 49.3 %."""
        if value is None:
            return NOTHING
        # The sentences of the Spanish catalogue have a space before the sign; CLDR has none in Latin America.
        sign = "\N{NO-BREAK SPACE}%" if self.texts.language == "es" else "%"
        return format_percent(Decimal(str(value)) / 100, _pattern(decimals, sign), locale=self._locale)

    def probability(self, value: float) -> str:
        """A probability, 0 to 1, as a percentage: rounded down, and never all or nothing."""
        edge = Decimal("0.0001")
        exact = Decimal(str(value))
        if exact > 1 - edge:
            return f">\N{NO-BREAK SPACE}{self.percent(100 * (1 - edge), 2)}"
        if exact < edge:
            return f"<\N{NO-BREAK SPACE}{self.percent(100 * edge, 2)}"
        decimals = 1 if Decimal("0.01") <= exact < Decimal("0.97") else 2
        return self.percent((100 * exact).quantize(Decimal(1).scaleb(-decimals), ROUND_FLOOR), decimals)

    def money(self, value: float | Decimal | None, currency: str | None = None) -> str:
        """An amount with its currency (ISO 4217), by default the country's. Pesos show cents only if there are any."""
        if value is None:
            return NOTHING
        currency = currency or self._currency
        # English readers know the signs of their country, too; Babel's English has `PEN1,234.50`.
        sign = get_currency_symbol(currency, locale=self._at_home)
        decimals = 0 if currency == "COP" and value == int(value) else 2
        return f"{sign}\N{NO-BREAK SPACE}{self.number(value, decimals)}"

    def day(self, value: date | datetime | None) -> str:
        """A day; of a moment, the local day. A moment without a zone is local already."""
        if value is None:
            return NOTHING
        local = value.astimezone(self.zone) if isinstance(value, datetime) and value.tzinfo else value
        return _written_day(local.date() if isinstance(local, datetime) else local, DAY, self._locale)

    def short_day(self, value: date) -> str:
        """A day without its year."""
        return _written_day(value, "d MMM", self._locale)

    def moment(self, value: datetime | None) -> str:
        """A day with hour and minute, in the local zone."""
        return self._local(value, f"{DAY}, HH:mm")

    def clock(self, value: datetime | None) -> str:
        """The time of day of a moment of today, else day and time."""
        if value is not None and value.astimezone(self.zone).date() == self.now.astimezone(self.zone).date():
            return self._local(value, "HH:mm")
        return self.moment(value)

    def exact(self, value: datetime | None) -> str:
        """A moment to the second, with its zone."""
        return self._local(value, f"{DAY}, HH:mm:ss (VV)")

    def _local(self, value: datetime | None, pattern: str) -> str:
        if value is None:
            return NOTHING
        moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)  # as Babel takes one without
        return _written_moment(moment, pattern, self.zone, self._locale)

    def ago(self, value: datetime | None) -> str:
        """How long ago a moment was, or how soon it will be."""
        _ = self.texts.gettext
        if value is None:
            return _("never")
        length = self.now - value
        if abs(length) < timedelta(minutes=1):
            return _("just now")
        text = _("{duration} ago") if length > timedelta(0) else _("in {duration}")
        return text.format(duration=self.days(abs(length).days) if abs(length).days >= 2 else self.span(abs(length)))

    def days(self, count: int | None) -> str:
        """A number of days."""
        if count is None:
            return NOTHING
        return self.texts.ngettext("{count} day", "{count} days", count).format(count=self.number(count))

    def duration(self, value: timedelta | float | None) -> str:
        """A length of time, short ones with seconds; a number counts seconds."""
        if value is None:
            return NOTHING
        length = value if isinstance(value, timedelta) else timedelta(seconds=float(value))
        minutes, seconds = divmod(max(int(length.total_seconds()), 0), 60)
        if minutes < 1:
            return f"{seconds} s"
        return f"{minutes} min {seconds} s" if seconds and minutes < 10 else self.span(length)

    def span(self, length: timedelta) -> str:
        """A length of time in minutes, hours and days, two of them at most.

        `babel.dates.format_timedelta` knows one unit only, and rounds it: 2 d 1 h would be 2 d.
        """
        minutes = max(0, int(length.total_seconds() // 60))  # clocks differ: a length may come out negative
        counts = {"d": minutes // 1440, "h": minutes % 1440 // 60, "min": minutes % 60}
        parts = [f"{count} {unit}" for unit, count in counts.items() if count]
        return " ".join(parts[:2]) or self.texts.gettext("less than 1 min")


# A page writes the same days and moments many times, and Babel takes long for one.
_REMEMBERED = 4_096


@lru_cache(_REMEMBERED)
def _written_day(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(_REMEMBERED)
def _written_moment(moment: datetime, pattern: str, zone: ZoneInfo, locale: Locale) -> str:
    return format_datetime(moment, pattern, tzinfo=zone, locale=locale)


@cache
def _pattern(decimals: int, sign: str = "") -> NumberPattern:
    """A parsed pattern: parsing takes longer than formatting."""
    return parse_pattern(("#,##0." + "0" * decimals if decimals else "#,##0") + sign)
