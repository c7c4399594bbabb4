"""A Colombian fleet that grew over two years: it shares nothing with the demo's fleet, and little with the coastal one.

Licences are the numbers of identity cards. Call centres and shops leave their own phone in place of the driver's,
people open accounts anew, leads come again and again, and clerks turn digits, take O for 0 and enter what they find a
month late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from devtools.benchmark.quality import andean_names as names
from devtools.benchmark.quality.draws import Draws, numbers, swayed
from devtools.benchmark.quality.fleet import ACCOUNTS, LEADS, SCOUTING, MadeFleet, hex_id
from devtools.benchmark.quality.humans import Human, Kinship, Plates, relate
from devtools.benchmark.quality.slips import confused, misdialled
from devtools.benchmark.quality.writing import Hand, in_form, phone_forms, written_plate
from devtools.demo.dataset import FleetSize
from devtools.demo.lexicon import Country

COUNTRY: Country = "CO"
FIRST_DAY = datetime(2024, 9, 1)  # noqa: DTZ001 (source tables hold local time)
DAYS = 730
MONTH = 30
PARKS = tuple(f"{number:032x}" for number in range(0xA4DEA410, 0xA4DEA416))
PARK_SHARES = (0, 0, 0, 0, 1, 1, 2, 3, 4, 5)
LEADS_PER_CALL_CENTRE = 300
SHOP_PEOPLE = range(3, 9)

LETTERS = "ABCDEFGHIJKLMNOPRSTUVWXYZ"
DIGITS = "0123456789"
PLATE_SHAPE = (LETTERS, LETTERS, LETTERS, DIGITS, DIGITS, DIGITS)
MOTORCYCLE_SHAPE = (LETTERS, LETTERS, LETTERS, DIGITS, DIGITS, "ABCDEFGH")
PHONE_STARTS = ("300", "301", "302", "304", "310", "311", "312", "313", "314", "315", "316", "317", "318", "320", "321",
                "322", "323", "350")  # fmt: skip
PHONE_FORMS = phone_forms("57")

ACCOUNT_HAND = Hand(
    two_words=0.05, calls_second=0.1, no_second_given=0.15, no_second_surname=0.10, slip=0.018, by_ear=0.01,
    accents=0.3, capitals=0.3, small_letters=0.04, swapped=0.01,
)  # fmt: skip
"""Drivers fill in the form themselves, with the card in their hand."""

NO_CARS = (None, "", "N/A", "AAA000", "sin placa")
NO_PHONES = (None, "", "0", "3000000000", "no registra")
NO_LICENCES = (None, "", "0", "pendiente", "N/A")


@dataclass(frozen=True)
class AndeanRates:
    """The proportions of an Andean fleet, before the seed sways them."""

    strangers: float = 0.35
    """Leads and scouting rows of people who never opened an account."""
    strangers_known: float = 0.2
    """Scouting rows of strangers who had also left a lead."""
    repeated: float = 0.08
    """Leads of somebody who had left one: they fill in the form again until somebody calls."""
    copied: float = 0.4
    """Of those, the same text again; the others are written anew."""
    duplicates: float = 0.07
    """Accounts that are somebody's second or third one."""
    duplicate_other_phone: float = 0.35
    """Of those, opened with another number."""
    duplicate_other_licence: float = 0.05
    """Of those, opened with a licence that has a wrong digit: why the system let it happen."""
    venezuelans: float = 0.12
    """People from Venezuela: permits of seven digits, made-up given names."""
    women: float = 0.08
    second_given: float = 0.78
    relatives: float = 0.08
    """Drivers who are a relative of another driver."""
    relatives_of_drivers: float = 0.04
    """Strangers who are a relative of a driver."""
    changed_phone: float = 0.09
    """Drivers whose account has another number than their lead."""
    recycled_phone: float = 0.02
    """Strangers whose number is one that a driver gave up and that still stands in the account."""
    changed_car: float = 0.09
    """Drivers who drive another car now than their account says."""
    second_hand_car: float = 0.025
    """Strangers in a car that a driver has sold and that is still on the seller's account."""
    shared_car: float = 0.04
    """Drivers who share the car of another."""
    motorcycles: float = 0.08
    """Vehicles with the plate of a motorcycle."""
    call_centre: float = 0.04
    """Leads with the number of a call centre: one number for some hundred leads."""
    shop: float = 0.03
    """People who give the phone of the shop that helps with the form, as three to eight of its customers do."""
    shop_on_account: float = 0.5
    """Of those with an account, the shop's phone stands in it, too."""
    no_car: float = 0.15
    """Leads without a plate."""
    two_words: float = 0.25
    """Leads and scouting rows that give one given name and one surname only."""
    slip: float = 0.05
    """Names in leads and scouting rows with a slip of the keyboard."""
    by_ear: float = 0.05
    """Names in leads and scouting rows written as they sound."""
    nameless: float = 0.003
    """Leads without a name."""
    turned_phone: float = 0.018
    """Phones in leads and scouting rows with two digits turned, or another wrong digit."""
    no_phone: float = 0.015
    """Phones that are missing, or stand for a missing one."""
    wrong_plate: float = 0.02
    """Plates in leads with a wrong sign."""
    plate_look_alike: float = 0.06
    """Plates in leads with O for 0, I for 1 or the other way round, where the plate has one of them."""
    no_licence: float = 0.2
    """Scouting rows without a licence."""
    turned_licence: float = 0.02
    """Licences in scouting rows with two digits turned, or another wrong digit."""
    licence_look_alike: float = 0.02
    """Licences in scouting rows with O for 0 or I for 1, where there is one of them."""
    month_late: float = 0.06
    """Leads and scouting rows dated a month after the fact."""
    no_external_id: float = 0.02
    """Leads without an external id."""
    draft: float = 0.015
    """Accounts whose licence is a draft's placeholder."""


class _Builder:
    """Builds one fleet; each draw follows from the seed and the size."""

    def __init__(self, size: FleetSize, seed: int) -> None:
        self.size, self.rates = size, swayed(AndeanRates, seed)
        self.draws = Draws(f"{seed}/andean")
        self.fleet = MadeFleet(PARKS[0])
        self.cars, self.motorcycles = Plates(self.draws, PLATE_SHAPE), Plates(self.draws, MOTORCYCLE_SHAPE)
        space = len(PHONE_STARTS) * 10**7
        self.phones = (f"{PHONE_STARTS[n // 10**7]}{n % 10**7:07d}" for n in numbers(self.draws, space))
        self.cards, self.permits = numbers(self.draws, 100_000_000), numbers(self.draws, 6_000_000)
        called = round(size.cabinet_leads * self.rates.call_centre)
        self.call_centres = [next(self.phones) for _ in range(max(1, called // LEADS_PER_CALL_CENTRE))]
        self.shop, self.shop_left = "", 0
        self.humans: list[Human] = []
        self.given_up: list[str] = []
        self.sold: list[Human] = []
        r = self.rates
        self.kinship = Kinship(0.7, 0.15, same_given=0.2, same_both_given=0.1, one_phone=0.1, one_car=0.12)
        self.hand = Hand(
            two_words=r.two_words, calls_second=0.2, no_second_given=0.3, no_second_surname=0.25, slip=r.slip,
            by_ear=r.by_ear, accents=0.15, capitals=0.25, small_letters=0.3, swapped=0.05,
        )  # fmt: skip

    def card(self) -> str:
        """The number of an identity card: ten digits from 1.0 billion for who came of age since 2003, else eight."""
        number = next(self.cards)
        return str(1_000_000_000 + number) if self.draws.happens(0.6) else str(10_000_000 + number % 89_000_000)

    def hire_day(self) -> int:
        """A day of the two years; more than half fall on the two days after a month's pay, when rents are due."""
        day = self.draws.randrange(DAYS)
        return day - day % MONTH + self.draws.randrange(2) if self.draws.happens(0.55) else day

    def human(self) -> Human:
        """A person whom nothing connects with others."""
        draws, r = self.draws, self.rates
        woman, abroad = draws.happens(r.women), draws.happens(r.venezuelans)
        given_names, second_names = (names.WOMEN, names.WOMEN_SECOND) if woman else (names.MEN, names.MEN_SECOND)
        if abroad and not woman and draws.happens(0.7):
            given_names = names.INVENTED
        surnames = names.SURNAMES_ABROAD if abroad else names.SURNAMES
        document = str(1_000_000 + next(self.permits)) if abroad else self.card()
        phone = next(self.phones)
        plate = next(self.motorcycles if draws.happens(r.motorcycles) else self.cars)
        given, second = given_names.draw(draws), second_names.draw(draws)
        human = Human(
            number=len(self.humans) + 1,
            given=given,
            second_given="" if second == given or not draws.happens(r.second_given) else second,
            surname=surnames.draw(draws),
            second_surname=surnames.draw(draws),
            document=document,
            licence=document,
            phone=phone,
            account_phone=phone,
            plate=plate,
            account_plate=plate,
            car=names.CARS.draw(draws),
            hired=self.hire_day(),
        )
        self.humans.append(human)
        return human

    def shop_phone(self) -> str:
        """The phone of the shop whose turn it is; each serves a few people."""
        if self.shop_left == 0:
            self.shop, self.shop_left = next(self.phones), self.draws.choice(SHOP_PEOPLE)
        self.shop_left -= 1
        return self.shop

    def driver(self, others: list[Human]) -> Human:
        """A person with an account, perhaps a relative of another one."""
        draws, r, human = self.draws, self.rates, self.human()
        if others and draws.happens(r.relatives):
            relate(human, draws.one(others), self.kinship, draws)
        elif others and draws.happens(r.shared_car):
            human.use_car(draws.one(others))
        if draws.happens(r.shop):
            human.phone = self.shop_phone()
            if draws.happens(r.shop_on_account):
                human.account_phone = human.phone
        elif draws.happens(r.changed_phone):
            self.given_up.append(human.account_phone)
            human.phone = next(self.phones)
        if draws.happens(r.changed_car):
            self.sold.append(human)
            human.plate = next(self.cars)
        return human

    def stranger(self, drivers: list[Human]) -> Human:
        """A person without an account."""
        draws, r, human = self.draws, self.rates, self.human()
        if draws.happens(r.relatives_of_drivers):
            relate(human, draws.one(drivers), self.kinship, draws)
        if draws.happens(r.shop):
            human.use_phone(self.shop_phone())
        elif self.given_up and draws.happens(r.recycled_phone):
            human.use_phone(draws.one(self.given_up))
        if self.sold and draws.happens(r.second_hand_car):
            seller = draws.one(self.sold)
            human.plate, human.car = seller.account_plate, seller.car
        return human

    def account(self, human: Human, park: int, phone: str, licence: str, later: int) -> None:
        """An account of a human, opened some days after the first one."""
        draws, r = self.draws, self.rates
        written = ACCOUNT_HAND.write(human, draws)
        day = min(human.hired + later, DAYS - 1)
        hired = FIRST_DAY + timedelta(days=day, seconds=draws.randrange(6 * 3_600, 21 * 3_600))
        kept: str | None = licence
        if draws.happens(r.draft):
            kept = f"DRIVERDRAFT{draws.randrange(10**7)}"
        elif draws.happens(0.02):
            kept = draws.one((f"CC{licence}", f"{licence} ", None))
        plate = written_plate(human.account_plate, draws, clean=0.9)
        values = {
            "driver_id": hex_id(draws),
            "park_id": PARKS[park],
            "phone": None if draws.happens(r.no_phone / 2) else in_form(phone, PHONE_FORMS[1]),
            "license_number": kept,
            "license_normalized_number": kept.strip() if kept else None,
            "full_name": f"{written.given} {written.surnames}",
            "first_name": written.given,
            "last_name": written.surnames,
            "car_number": plate,
            "car_normalized_number": plate.upper().replace("-", ""),
            "car_brand": human.car[0],
            "car_model": human.car[1],
            "hire_date": hired.date(),
            "created_at": hired,
            "updated_at": hired + timedelta(days=draws.randrange(90)),
            "current_status": "working" if draws.happens(0.6) else "not_working",
        }
        self.fleet.add(ACCOUNTS, human.number, values)

    def accounts(self) -> list[Human]:
        """All accounts; the humans who hold them."""
        draws, r, wanted = self.draws, self.rates, self.size.drivers
        again = round(wanted * r.duplicates)
        drivers: list[Human] = []
        for _ in range(wanted - again):
            drivers.append(self.driver(drivers))
        held = [(human, draws.one(PARK_SHARES), human.account_phone, human.licence, 0) for human in drivers]
        for _ in range(again):
            human = draws.one(drivers)
            phone = next(self.phones) if draws.happens(r.duplicate_other_phone) else human.account_phone
            wrong = draws.happens(r.duplicate_other_licence)
            licence = misdialled(human.licence, draws) if wrong else human.licence
            held.append((human, draws.one(PARK_SHARES), phone, licence, 1 + draws.randrange(300)))
        draws.shuffle(held)
        for account in held:
            self.account(*account)
        return drivers

    def arrival(self, human: Human) -> datetime:
        """The moment of a lead or a scouting row: in the six weeks before the hire, most of them in the last days."""
        draws = self.draws
        days = human.hired - int(min(draws.expovariate(1 / 9), 42))
        if draws.happens(self.rates.month_late):
            days += MONTH
        return FIRST_DAY + timedelta(days=days, seconds=draws.randrange(7 * 3_600, 23 * 3_600))

    def phone(self, human: Human) -> str | None:
        """The human's phone as a form or a scout has it."""
        draws, r = self.draws, self.rates
        if draws.happens(r.no_phone):
            return draws.one(NO_PHONES)
        number = misdialled(human.phone, draws, turned=0.7) if draws.happens(r.turned_phone) else human.phone
        return in_form(number, PHONE_FORMS[min(int(draws.expovariate(1.0)), len(PHONE_FORMS) - 1)])

    def lead(self, human: Human, came: datetime) -> dict[str, object]:
        """The values of a lead of a human, without its keys."""
        draws, r = self.draws, self.rates
        given, surnames = self.hand.write(human, draws)
        nameless = draws.happens(r.nameless)
        plate: str | None = human.plate
        if draws.happens(r.no_car):
            plate = draws.one(NO_CARS)
        else:
            spoiled = misdialled(human.plate, draws) if draws.happens(r.wrong_plate) else human.plate
            spoiled = confused(spoiled, draws) if draws.happens(r.plate_look_alike) else spoiled
            plate = written_plate(spoiled, draws, clean=0.7)
        first, _, middle = given.partition(" ") if draws.happens(0.3) else (given, "", "")
        phone = draws.one(self.call_centres) if draws.happens(r.call_centre) else self.phone(human)
        return {
            "activation_city": names.CITIES.draw(draws),
            "asset_color": draws.one(names.COLORS),
            "asset_model": draws.one((" ".join(human.car), " ".join(human.car), human.car[1], None)),
            "asset_plate_number": plate,
            "first_name": None if nameless else first,
            "middle_name": None if nameless else middle or None,
            "last_name": None if nameless else surnames,
            "lead_created_at": came,
            "park_phone": phone,
            "created_at": came + timedelta(hours=draws.randrange(48)),
        }

    def leads(self, drivers: list[Human], strangers: list[Human]) -> None:
        """All leads, in order of time; strangers who come are added to the list."""
        draws, r = self.draws, self.rates
        made: list[tuple[Human, dict[str, object]]] = []
        order = draws.sample(drivers, len(drivers))
        while len(made) < self.size.cabinet_leads:
            if made and draws.happens(r.repeated):
                human, before = draws.one(made)
                copied = draws.happens(r.copied)
                came = self.arrival(human) + timedelta(days=draws.randrange(1, 40))
                values = {**before, "lead_created_at": came} if copied else self.lead(human, came)
            else:
                human = self.stranger(drivers) if draws.happens(r.strangers) else order[len(made) % len(order)]
                if human.number > len(drivers):
                    strangers.append(human)
                values = self.lead(human, self.arrival(human))
            made.append((human, values))
        for number, (human, values) in enumerate(sorted(made, key=lambda lead: str(lead[1]["lead_created_at"])), 1):
            external = None if draws.happens(r.no_external_id) else hex_id(draws)
            self.fleet.add(LEADS, human.number, {**values, "id": number, "external_id": external})

    def scouting(self, human: Human, met: datetime) -> dict[str, object]:
        """The values of a scouting row of a human, without its key."""
        draws, r = self.draws, self.rates
        given, surnames = self.hand.write(human, draws)
        licence: str | None = human.licence
        if draws.happens(r.no_licence):
            licence = draws.one(NO_LICENCES)
        else:
            wrong = misdialled(human.licence, draws, turned=0.7) if draws.happens(r.turned_licence) else human.licence
            wrong = confused(wrong, draws) if draws.happens(r.licence_look_alike) else wrong
            dotted = f"{wrong[:-6]}.{wrong[-6:-3]}.{wrong[-3:]}"
            licence = draws.one((wrong, wrong, wrong, wrong, wrong, dotted, f"CC {wrong}", f"{wrong} "))
        return {
            "scout_id": 1 + draws.randrange(40),
            "driver_name": f"{given} {surnames}".strip(),
            "driver_phone": self.phone(human),
            "driver_license": licence,
            "registration_date": met.date(),
            "acquisition_method": draws.one(("cabinet", "fleet", "referido")),
            "created_at": met + timedelta(hours=draws.randrange(48)),
        }

    def build(self) -> MadeFleet:
        """The whole fleet."""
        draws, r = self.draws, self.rates
        drivers = self.accounts()
        strangers: list[Human] = []
        self.leads(drivers, strangers)
        rows = []
        for _ in range(self.size.scouting_rows):
            if not draws.happens(r.strangers):
                human = draws.one(drivers)
            elif strangers and draws.happens(r.strangers_known):
                human = draws.one(strangers)
            else:
                human = self.stranger(drivers)
            rows.append((human, self.scouting(human, self.arrival(human))))
        for number, (human, values) in enumerate(sorted(rows, key=lambda row: str(row[1]["created_at"])), 1):
            self.fleet.add(SCOUTING, human.number, {**values, "id": number})
        return self.fleet


def build_andean(size: FleetSize, *, seed: int = 1) -> MadeFleet:
    """An Andean fleet; the same size and seed give the same rows.

    Args:
        size: Accounts, leads and scouting rows; there are no migrations.
        seed: Any whole number.
    """
    return _Builder(size, seed).build()
