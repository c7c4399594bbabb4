"""A Peruvian fleet that moved to the partner within days: made to share nothing with the demo's fleet.

Accounts were all opened on one to three days, so that the date of the hire tells nobody apart; leads came in the weeks
around. Names follow a law of Zipf, five car models make most of the fleet, and scouts write what they hear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from devtools.benchmark.quality import coastal_names as names
from devtools.benchmark.quality.draws import Draws, numbers, swayed
from devtools.benchmark.quality.fleet import ACCOUNTS, LEADS, SCOUTING, MadeFleet, hex_id
from devtools.benchmark.quality.humans import Human, Kinship, Plates, relate
from devtools.benchmark.quality.slips import confused, misdialled
from devtools.benchmark.quality.writing import Hand, in_form, phone_forms, written_plate
from devtools.demo.dataset import FleetSize
from devtools.demo.lexicon import Country

COUNTRY: Country = "PE"
FIRST_DAY = datetime(2026, 6, 1)  # noqa: DTZ001 (source tables hold local time)
WEEKS_AROUND = 6
PARKS = tuple(f"{number:032x}" for number in range(0xC0A57A10, 0xC0A57A15))
PARK_SHARES = (0, 0, 0, 0, 0, 1, 1, 2, 3, 4)

_LETTERS = "ABCDEFHJKLMNPRSTUVWXYZ"
PLATE_SHAPE = ("ABCDFHMPTVWXZ", _LETTERS + "0123456789", _LETTERS + "123456789", *("0123456789",) * 3)
LICENCE_LETTERS = "BBBBBMMMMTTTQQQH"
PHONE_FORMS = phone_forms("51")

ACCOUNT_HAND = Hand(
    two_words=0.03, calls_second=0.1, no_second_given=0.12, no_second_surname=0.05, slip=0.012, by_ear=0.008,
    accents=0.35, capitals=0.45, small_letters=0.02, swapped=0.004,
)  # fmt: skip
"""Staff of a park copies the licence, most of it correctly."""

NO_CARS = (None, "", "-", "SIN PLACA", "no tiene")
NO_PHONES = (None, "", "0", "999999999", "no tiene")
NO_LICENCES = (None, "", "-", "en tramite", "no trajo")


@dataclass(frozen=True)
class CoastalRates:
    """The proportions of a coastal fleet, before the seed sways them."""

    strangers: float = 0.40
    """Leads and scouting rows of people who never opened an account: they found another job or another partner."""
    strangers_known: float = 0.25
    """Scouting rows of strangers who had also left a lead."""
    repeated: float = 0.02
    """Leads of somebody who had left one before."""
    second_account: float = 0.05
    """Accounts that are somebody's second one, in another park, as drivers hold them to choose where to be paid."""
    second_account_other_phone: float = 0.25
    """Of those, opened with another number."""
    foreigners: float = 0.05
    """People with a foreigner's card: their licence is its nine digits, without a letter."""
    women: float = 0.06
    second_given: float = 0.72
    """People who have a second given name."""
    one_surname: float = 0.01
    relatives: float = 0.12
    """Drivers who are a relative of another driver: fleets grow by word of mouth in the family."""
    relatives_of_drivers: float = 0.06
    """Strangers who are a relative of a driver."""
    changed_phone: float = 0.12
    """People whose account has another number than their lead: prepaid numbers lapse."""
    newer_on_account: float = 0.3
    """Of those, the account has the newer one."""
    recycled_phone: float = 0.02
    """Strangers whose number is one that a driver gave up and that still stands in the account."""
    recycled_among_drivers: float = 0.004
    """Drivers who have such a number."""
    changed_car: float = 0.08
    """Drivers who drive another car now than their account says."""
    second_hand_car: float = 0.03
    """Strangers, and as many drivers, in a car that a driver has sold and that is still on the seller's account."""
    shared_car: float = 0.05
    """Drivers who share the car of another: day and night shift, or one owner's."""
    no_car: float = 0.22
    """Leads without a plate: no car yet, or the question was skipped."""
    two_words: float = 1 / 3
    """Leads and scouting rows that give one given name and one surname only."""
    slip: float = 0.06
    """Names in leads and scouting rows with a slip of the keyboard."""
    by_ear: float = 0.04
    """Names in leads and scouting rows written as they sound."""
    wrong_phone: float = 0.012
    """Phones in leads and scouting rows with a wrong digit."""
    no_phone: float = 0.012
    """Phones that are missing, or stand for a missing one."""
    wrong_plate: float = 0.015
    """Plates in leads with a wrong sign."""
    no_licence: float = 1 / 3
    """Scouting rows without a licence: the candidate had it at home."""
    bare_document: float = 0.10
    """Licences in scouting rows that are the number of the identity card only."""
    wrong_licence: float = 0.015
    """Licences in scouting rows with a wrong digit."""
    draft: float = 0.02
    """Accounts whose licence is a draft's placeholder."""


class _Builder:
    """Builds one fleet; each draw follows from the seed and the size."""

    def __init__(self, size: FleetSize, seed: int) -> None:
        self.size, self.rates = size, swayed(CoastalRates, seed)
        self.draws = Draws(f"{seed}/coastal")
        self.fleet = MadeFleet(PARKS[0])
        self.days = 1 + self.draws.randrange(3)
        self.plates = Plates(self.draws, PLATE_SHAPE)
        self.phones = (f"9{number:08d}" for number in numbers(self.draws, 10**8))
        self.documents = numbers(self.draws, 68_000_000)
        self.humans: list[Human] = []
        self.given_up: list[str] = []
        """Numbers that drivers no longer have and that still stand in their accounts."""
        self.sold: list[Human] = []
        """Drivers whose account has a car that is no longer theirs."""
        r = self.rates
        self.kinship = Kinship(0.55, 0.15, same_given=0.4, same_both_given=0.2, one_phone=0.12, one_car=0.13)
        self.hand = Hand(
            two_words=r.two_words, calls_second=0.12, no_second_given=0.35, no_second_surname=0.18, slip=r.slip,
            by_ear=r.by_ear, accents=0.2, capitals=0.35, small_letters=0.2, swapped=0.03,
        )  # fmt: skip

    def human(self) -> Human:
        """A person whom nothing connects with others."""
        draws, r = self.draws, self.rates
        woman = draws.happens(r.women)
        given_names, second_names = (names.WOMEN, names.WOMEN_SECOND) if woman else (names.MEN, names.MEN_SECOND)
        number = 8_000_000 + next(self.documents)
        foreign = draws.happens(r.foreigners)
        document = f"00{number % 10_000_000:07d}" if foreign else f"{number:08d}"
        phone, plate = next(self.phones), next(self.plates)
        given, second = given_names.draw(draws), second_names.draw(draws)
        human = Human(
            number=len(self.humans) + 1,
            given=given,
            second_given="" if second == given or not draws.happens(r.second_given) else second,
            surname=names.SURNAMES.draw(draws),
            second_surname="" if draws.happens(r.one_surname) else names.SURNAMES.draw(draws),
            document=document,
            licence=document if foreign else draws.one(LICENCE_LETTERS) + document,
            phone=phone,
            account_phone=phone,
            plate=plate,
            account_plate=plate,
            car=names.CARS.draw(draws),
            hired=draws.randrange(self.days),
        )
        self.humans.append(human)
        return human

    def driver(self, others: list[Human]) -> Human:
        """A person with an account, perhaps a relative of one who came shortly before."""
        draws, r, human = self.draws, self.rates, self.human()
        if others and draws.happens(r.relatives):
            relate(human, others[-1 - draws.randrange(min(3, len(others)))], self.kinship, draws)
        elif others and draws.happens(r.shared_car):
            human.use_car(draws.one(others))
        if self.given_up and draws.happens(r.recycled_among_drivers):
            human.use_phone(draws.one(self.given_up))
        elif draws.happens(r.changed_phone):
            if draws.happens(r.newer_on_account):
                human.account_phone = next(self.phones)
            else:
                self.given_up.append(human.account_phone)
                human.phone = next(self.phones)
        if self.sold and draws.happens(r.second_hand_car):
            seller = draws.one(self.sold)
            human.plate, human.car = seller.account_plate, seller.car
        elif draws.happens(r.changed_car):
            self.sold.append(human)
            human.plate = next(self.plates)
        return human

    def stranger(self, drivers: list[Human]) -> Human:
        """A person without an account."""
        draws, r, human = self.draws, self.rates, self.human()
        if draws.happens(r.relatives_of_drivers):
            relate(human, draws.one(drivers), self.kinship, draws)
        if self.given_up and draws.happens(r.recycled_phone):
            human.use_phone(draws.one(self.given_up))
        if self.sold and draws.happens(r.second_hand_car):
            seller = draws.one(self.sold)
            human.plate, human.car = seller.account_plate, seller.car
        return human

    def account(self, human: Human, park: int, phone: str) -> None:
        """An account of a human."""
        draws, r = self.draws, self.rates
        written = ACCOUNT_HAND.write(human, draws)
        hired = FIRST_DAY + timedelta(days=human.hired, seconds=draws.randrange(8 * 3_600, 20 * 3_600))
        licence: str | None = human.licence
        if draws.happens(r.draft):
            licence = f"DRIVERDRAFT{draws.randrange(10**6)}"
        elif draws.happens(0.03):
            licence = draws.one((human.licence.lower(), f"{human.licence[0]}-{human.licence[1:]}", None))
        plate = written_plate(human.account_plate, draws, clean=0.85)
        brand, model = human.car
        has_phone = not draws.happens(r.no_phone / 2)
        values = {
            "driver_id": hex_id(draws),
            "park_id": PARKS[park],
            "phone": in_form(phone, PHONE_FORMS[1]) if has_phone else None,
            "license_number": licence,
            "license_normalized_number": licence.upper() if licence else None,
            "full_name": f"{written.surnames} {written.given}",
            "first_name": written.given,
            "last_name": written.surnames,
            "car_number": plate,
            "car_normalized_number": plate.upper(),
            "car_brand": brand,
            "car_model": model,
            "hire_date": hired.date(),
            "created_at": hired,
            "updated_at": hired + timedelta(days=draws.randrange(60)),
            "current_status": "working" if draws.happens(0.8) else "fired",
        }
        self.fleet.add(ACCOUNTS, human.number, values)

    def accounts(self) -> list[Human]:
        """All accounts; the humans who hold them."""
        draws, r, wanted = self.draws, self.rates, self.size.drivers
        second = round(wanted * r.second_account)
        drivers: list[Human] = []
        for _ in range(wanted - second):
            drivers.append(self.driver(drivers))
        held = [(human, draws.one(PARK_SHARES), human.account_phone) for human in drivers]
        for human, park, phone in draws.sample(held, second):
            other = next(self.phones) if draws.happens(r.second_account_other_phone) else phone
            held.append((human, (park + 1 + draws.randrange(len(PARKS) - 1)) % len(PARKS), other))
        draws.shuffle(held)
        for human, park, phone in held:
            self.account(human, park, phone)
        return drivers

    def arrival(self) -> datetime:
        """A moment in the weeks around the move, most of them close to it."""
        days = self.draws.triangular(-7.0 * WEEKS_AROUND, 7.0 * WEEKS_AROUND, -3.0)
        return FIRST_DAY + timedelta(days=int(days), seconds=self.draws.randrange(8 * 3_600, 22 * 3_600))

    def phone(self, human: Human) -> str | None:
        """The human's phone as a form or a scout has it."""
        draws, r = self.draws, self.rates
        if draws.happens(r.no_phone):
            return draws.one(NO_PHONES)
        number = misdialled(human.phone, draws) if draws.happens(r.wrong_phone) else human.phone
        return in_form(number, PHONE_FORMS[min(int(draws.expovariate(0.8)), len(PHONE_FORMS) - 1)])

    def lead(self, number: int, human: Human, created: datetime) -> None:
        """A lead of a human."""
        draws, r = self.draws, self.rates
        written = self.hand.write(human, draws)
        plate: str | None = human.plate
        brand, model = human.car
        if draws.happens(r.no_car):
            plate = draws.one(NO_CARS)
        else:
            if draws.happens(r.wrong_plate):
                plate = confused(misdialled(human.plate, draws, turned=0.3), draws)
            plate = written_plate(plate or "", draws, clean=0.6)
        values = {
            "id": number,
            "external_id": hex_id(draws),
            "activation_city": names.CITIES.draw(draws),
            "asset_color": draws.one(names.COLORS),
            "asset_model": draws.one((f"{brand} {model}", f"{brand} {model}", model, None)),
            "asset_plate_number": plate,
            "first_name": written.given,
            "last_name": written.surnames,
            "lead_created_at": created,
            "park_phone": self.phone(human),
            "status": "new",
            "created_at": created + timedelta(hours=draws.randrange(30)),
        }
        self.fleet.add(LEADS, human.number, values)

    def scouting(self, number: int, human: Human, met: datetime) -> None:
        """A scouting row of a human."""
        draws, r = self.draws, self.rates
        written = self.hand.write(human, draws)
        licence: str | None
        if draws.happens(r.no_licence):
            licence = draws.one(NO_LICENCES)
        else:
            licence = human.document if draws.happens(r.bare_document) else human.licence
            licence = misdialled(licence, draws) if draws.happens(r.wrong_licence) else licence
            licence = draws.one((licence, licence, licence, licence.lower(), f" {licence}"))
        values = {
            "id": number,
            "scout_id": 1 + draws.randrange(25),
            "driver_name": draws.one((f"{written.given} {written.surnames}", f"{written.surnames} {written.given}")),
            "driver_phone": self.phone(human),
            "driver_license": licence,
            "registration_date": met.date(),
            "acquisition_method": draws.one(("cabinet", "fleet")),
            "created_at": met + timedelta(hours=draws.randrange(30)),
        }
        self.fleet.add(SCOUTING, human.number, values)

    def build(self) -> MadeFleet:
        """The whole fleet."""
        draws, r = self.draws, self.rates
        drivers = self.accounts()
        arrivals: list[Human] = []
        strangers: list[Human] = []
        order = draws.sample(drivers, len(drivers))
        for number, created in enumerate(sorted(self.arrival() for _ in range(self.size.cabinet_leads)), 1):
            if arrivals and draws.happens(r.repeated):
                human = draws.one(arrivals)
            elif draws.happens(r.strangers):
                human = self.stranger(drivers)
                strangers.append(human)
            else:
                human = order[len(arrivals) % len(order)]
            arrivals.append(human)
            self.lead(number, human, created)
        for number, met in enumerate(sorted(self.arrival() for _ in range(self.size.scouting_rows)), 1):
            if not draws.happens(r.strangers):
                human = draws.one(drivers)
            elif strangers and draws.happens(r.strangers_known):
                human = draws.one(strangers)
            else:
                human = self.stranger(drivers)
            self.scouting(number, human, met)
        return self.fleet


def build_coastal(size: FleetSize, *, seed: int = 1) -> MadeFleet:
    """A coastal fleet; the same size and seed give the same rows.

    Args:
        size: Accounts, leads and scouting rows; there are no migrations.
        seed: Any whole number.
    """
    return _Builder(size, seed).build()
