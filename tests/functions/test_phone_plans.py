"""Phone numbers against the numbering plans of the `phonenumbers` library: Google's libphonenumber in Python."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import phonenumbers
import psycopg
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

Connection = psycopg.Connection[tuple[Any, ...]]

OWN_CODES = {"PE": 51, "CO": 57}
DASHES = (
    "-\u00ad\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u30fb\u30fc\ufe58\ufe63\uff0d~\u301c\u223c\uff5e._"
)
SPACES = " \t\u00a0\u1680\u2000\u2003\u2007\u2009\u200a\u202f\u205f\u2060\u200b\u3000\ufeff"
SLASHES = "/|,;:*"
PEOPLES_NUMBERS = [PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE]


def valid_numbers(region: str, types: list[int], tries: int) -> Iterator[PhoneNumber]:
    """The library's example of each type, and what is valid of random numbers that begin like it."""
    digits = random.Random(region)
    for kind in types:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        yield example
        national = phonenumbers.national_significant_number(example)
        for _ in range(tries):
            kept = digits.randrange(0, 4)
            ending = "".join(digits.choices("0123456789", k=len(national) - kept))
            number = phonenumbers.parse(f"+{example.country_code}{national[:kept]}{ending}")
            if phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in types:
                yield number


def is_placeholder(national: str) -> bool:
    return max(map(national.count, "0123456789")) >= 7 or "1234567890".startswith(national)


def international_notations(number: PhoneNumber) -> Iterator[str]:
    """With + and with 00, grouped or not, with some of the signs and words that stand between groups."""
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    grouped = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    code, _, rest = grouped.removeprefix("+").partition(" ")
    yield from (plain, grouped, phonenumbers.format_number(number, PhoneNumberFormat.RFC3966))
    yield from ("00" + plain.removeprefix("+"), f"00 {code} {rest}", f"\uff0b{code} {rest}")
    some = random.Random(plain)
    for between in some.sample(SPACES + DASHES, 3):
        yield grouped.replace(" ", between).replace("-", between)
        yield f"(+{code}){between}{rest}"
    yield f"+{code}{some.choice([', ', ': ', ' / ', chr(10), ' cel. '])}{rest}"


def read(warehouse: Connection, function: str, raw: list[str], country: str) -> dict[str, str | None]:
    query = f"select raw, canon.{function}(raw, %s) from unnest(%s::text[]) as raw"
    return dict(warehouse.execute(query.encode(), [country, raw]).fetchall())


@pytest.mark.parametrize("country", ["PE", "CO"])
def test_no_number_of_another_country_is_read_as_one_of_this_country(
    warehouse: Connection, country: str, figure: Any
) -> None:
    types = list(PhoneNumberType.values())
    written = {
        raw: phonenumbers.format_number(number, PhoneNumberFormat.E164)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for number in valid_numbers(region, types, tries=1)
        if number.country_code != OWN_CODES[country]
        for raw in international_notations(number)
    }
    local = read(warehouse, "normalise_phone", list(written), country)
    assert {raw: key for raw, key in local.items() if key is not None} == {}

    keys = read(warehouse, "phone_key", list(written), country)
    lost = {
        raw: (number, keys[raw])
        for raw, number in written.items()
        if 9 <= len(number) <= 16
        and (len(number) == 12 or not number.startswith("+1"))  # some numbers there have no area
        and keys[raw] != number
        and not is_placeholder(number[1 + len(str(phonenumbers.parse(number).country_code)) :])
    }
    figure(f"{country}: {len(written):,} notations of foreign numbers, {len(lost)} without their key")
    assert lost == {}


@pytest.mark.parametrize("country", ["PE", "CO"])
def test_every_number_of_this_country_is_read_in_every_notation(warehouse: Connection, country: str) -> None:
    written = {}
    for number in valid_numbers(country, PEOPLES_NUMBERS, tries=150):
        key = phonenumbers.national_significant_number(number)
        if is_placeholder(key) or (len(key) < 9 and country == "CO"):
            continue  # the library lists eight-digit landlines that nobody has been given
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        grouped = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        written |= dict.fromkeys([key, f"0{key}", national, f"011 {grouped.removeprefix('+')}"], key)
        written |= dict.fromkeys([grouped.removeprefix("+"), f"{OWN_CODES[country]}{key}"], key)
        written |= dict.fromkeys(international_notations(number), key)
        for between in random.Random(key).sample(SPACES + DASHES, 3):
            written[national.replace(" ", between).replace("-", between)] = key
        if number.national_number >= 10 ** (len(key) - 1) * 3 and len(key) > 8 and not key.startswith("60"):
            for between in SLASHES:
                written[between.join((key[:3], key[3:6], key[6:]))] = key
    found = read(warehouse, "normalise_phone", list(written), country)
    assert {raw: found[raw] for raw, key in written.items() if found[raw] != key} == {}


def test_known_country_codes_are_those_of_the_library(warehouse: Connection) -> None:
    candidates = [str(number) for number in range(1, 1000)]
    query = "select raw from unnest(%s::text[]) as raw where canon.calling_code(raw) = raw"
    found = {int(code) for (code,) in warehouse.execute(query, [candidates])}
    assert found == set(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
