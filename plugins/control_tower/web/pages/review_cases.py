"""One case of the review with all its evidence: both sides, the choices with what each does, the money, the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg

from control_tower.i18n.catalogue import Language, capitalised
from control_tower.review_cases import PAYMENTS
from control_tower.web.pages.decisions import ShownDecision, scouts_named_in, shown_decisions
from control_tower.web.pages.review_evidence import (
    MOST_SIDES,
    Cell,
    Choice,
    Comparison,
    Side,
    content_of,
    driver_ids,
)
from control_tower.web.pages.unmatched import weighed_candidates
from control_tower.web.pages.waterfall import Waterfall, Weigher
from control_tower.web.permissions import CurrentUser
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries import persons as ask_persons
from control_tower.web.queries import review_cases as ask
from control_tower.web.review_reasons import reasons

Connection = psycopg.Connection[dict[str, Any]]

MOST_CHOICES = 9
"""Choices that a key can choose."""


@dataclass
class ShownCase:
    """A case as its reader may see it.

    `rows` are the fields of the comparison with a cell per side; `weighed` the waterfall of each candidate with its
    name; `money` what became of the person's leads; `payment` the payment that no claim explains.
    """

    case: dict[str, Any]
    title: str
    who: str = ""
    sides: list[Side] = field(default_factory=list)
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    weighed: list[tuple[str, Waterfall]] = field(default_factory=list)
    conversions: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[ShownDecision] = field(default_factory=list)
    why: str = ""
    payment: dict[str, Any] | None = None
    may_decide: bool = False
    reasons: list[str] = field(default_factory=list)


class CaseReader:
    """Reads cases for one reader on one session; each look at a person or record is kept on record."""

    def __init__(self, connection: Connection, current_user: CurrentUser, language: Language) -> None:
        self._connection = connection
        self._user = current_user
        self._compare = Comparison(language, current_user.sees_personal_data)
        self._language: Language = language
        self._ = self._compare.texts.gettext

    def read(self, case_kind: str, case_key: str) -> ShownCase | None:
        """The case with its evidence; None if it is closed."""
        case = ask.case(self._connection, case_kind, case_key)
        if case is None:
            return None
        if case_kind == "CONFLICT":
            found: ShownCase | None = self._conflict(case)
        elif case_kind == "UNEXPLAINED_PAYMENT":
            found = self._payment(case)
        else:
            found = self._record(case)
        if found is not None:
            found.reasons = reasons(case["case_kind"], self._language)
        return found

    def _conflict(self, case: dict[str, Any]) -> ShownCase:
        _, compare = self._, self._compare
        person = ask_persons.person(self._connection, self._user, case["person_key"])
        claims = [
            claim
            for claim in ask_pages.claims_of(self._connection, person.person_key)
            if claim["source_table"] != "lead_ledger"
        ]
        found = ask.records(self._connection, ((claim["source_table"], claim["source_pk"]) for claim in claims))
        lead_date = min((claim["attribution_date"] for claim in claims if claim["attribution_date"]), default=None)
        accounts = ask.accounts(self._connection, [one.driver_id for one in person.accounts], [], lead_date)
        # in the order of the columns: the earliest claim is 1
        scouts = list(dict.fromkeys([*(int(claim["scout_id"]) for claim in claims), *case["scout_ids"]]))
        named = [*scouts, *scouts_named_in(person.decisions)]
        names, _persons = ask_pages.names(self._connection, self._user, named, ())
        sides = [self._account_side(_("Driver account"), account, None) for account in list(accounts.values())[:2]]
        if not sides:
            content = {"name": person.name, "phone": person.phone, "license": person.license}
            sides = [compare.side(_("The person"), content, subtitle=_("no driver account"))]
        hired = min((account["hire_date"] for account in accounts.values() if account["hire_date"]), default=None)
        for place, claim in enumerate(claims[: MOST_SIDES - len(sides)]):
            scout = int(claim["scout_id"])
            record = found.get((claim["source_table"], claim["source_pk"]))
            moment = record["recorded_at"] if record else None
            sides.append(
                compare.side(
                    names.get(scout) or _("Scout {id}").format(id=scout),
                    record,
                    subtitle=_("came first") if place == 0 else "",
                    number=scouts.index(scout) + 1 if scout in scouts[:MOST_CHOICES] else None,
                    when=compare.when(moment, claim["attribution_date"]),
                    when_note=compare.days_apart(hired, claim["attribution_date"]),
                    row=self._row(claim["source_table"], claim["source_pk"]),
                    more=compare.texts.name("acquisition", claim["acquisition_method"] or ""),
                )
            )
        choices = [
            Choice(
                number,
                names.get(scout) or _("Scout {id}").format(id=scout),
                compare.effect_of_scout(names.get(scout) or _("Scout {id}").format(id=scout), case),
                {"scout_id": scout},
                _("scout {id}").format(id=scout),
            )
            for number, scout in enumerate(scouts[:MOST_CHOICES], 1)
        ]
        choices.append(Choice(0, _("Nobody brought them"), compare.effect_of_nobody(case), {"nobody": True}))
        decisions = [one for one in person.decisions if one.source_pk is None]
        return ShownCase(
            case,
            _("Who brought {name}?").format(name=person.name or _("this person")),
            who=person.name or "",
            sides=sides,
            rows=compare.rows(sides),
            choices=choices,
            conversions=ask.conversions(self._connection, person.person_key),
            decisions=shown_decisions(decisions, compare.explain, names, person.person_key),
            may_decide=self._user.may("POST", "resolve_scout_conflict"),
        )

    def _record(self, case: dict[str, Any]) -> ShownCase | None:
        _, compare = self._, self._compare
        key = (case["source_table"], case["source_pk"])
        waiting = ask_pages.waiting_record(self._connection, self._user, *key)
        if waiting is None:
            return None
        preview = waiting.candidates_preview
        previews = [part for part in preview if isinstance(part, dict)] if isinstance(preview, list) else []
        persons = [part.get("person_key") for part in previews if not part.get("driver_id")] + [waiting.person_key]
        accounts = ask.accounts(self._connection, driver_ids(previews), persons, waiting.event_date)
        record = ask.records(self._connection, [key]).get(key, {})
        sides = self._record_sides(case, key, record)
        of_person = {str(account["person_key"]): account for account in accounts.values()}
        scouts, _persons = ask_pages.names(self._connection, self._user, case["scout_ids"], ())
        scout = next((scouts.get(one) or _("scout {id}").format(id=one) for one in case["scout_ids"]), "")
        choices: list[Choice] = []
        if waiting.person_key is not None:
            linked = of_person.get(str(waiting.person_key), {})
            title = (
                _("The same person: the row was corrected") if case["case_kind"] == "REPLACED" else _("As it is now")
            )
            side = self._account_side(compare.name(linked.get("name")) or _("The person now"), linked, waiting)
            side.number, side.person_key, side.subtitle = 1, waiting.person_key, _("linked now")
            sides.append(side)
            choices.append(
                Choice(
                    1, title, self._linked(side.title, case, scout), {"person_key": str(waiting.person_key)}, side.title
                )
            )
        seen = {str(waiting.person_key)}
        for part in previews:
            account = accounts.get(str(part.get("driver_id"))) or of_person.get(str(part.get("person_key"))) or {}
            person_key = part.get("person_key") or account.get("person_key")
            if len(choices) >= MOST_CHOICES or (person_key and str(person_key) in seen):
                continue
            seen |= {str(person_key)} if person_key else set()
            name = compare.name(account.get("name")) or part.get("driver_name") or _("No name")
            side = self._account_side(str(name), account, waiting)
            side.number, side.person_key, side.driver_id = len(choices) + 1, person_key, part.get("driver_id")
            side.subtitle = compare.explain.probability(part.get("probability"))
            side.verdict, side.similarity = part.get("names"), part.get("similarity")
            sides.append(side)
            value = {"driver_id": part["driver_id"]} if part.get("driver_id") else {"person_key": str(person_key)}
            if part.get("driver_id") or person_key:
                effect = self._linked(str(name), case, scout)
                choices.append(Choice(len(choices) + 1, str(name), effect, value, side.subtitle))
        choices.append(
            Choice(0, _("Nobody's: set it aside"), _("no run looks at it again; it pays nobody"), {"ignore": True})
        )
        weigher = Weigher(self._language, *ask_pages.weights(self._connection, self._user))
        drawn = zip(previews, weighed_candidates(weigher, previews, waiting.name), strict=True)
        decisions = ask_pages.record_decisions(self._connection, self._user, *key)
        who = compare.name(record.get("name"))
        return ShownCase(
            case,
            _("Whose record is this?") if case["case_kind"] != "REPLACED" else _("Is this row still the same person?"),
            who=who,
            sides=sides[: MOST_SIDES + 1],
            rows=compare.rows(sides[: MOST_SIDES + 1]),
            choices=choices,
            weighed=[(str(part.get("driver_name") or _("No name")), one) for part, one in drawn if one is not None],
            decisions=shown_decisions(decisions, compare.explain, {}, None),
            why=" ".join(
                capitalised(text)
                for text in (
                    compare.explain.reason(case["reason_code"], previews, waiting.name),
                    compare.explain.missing(waiting.details),
                )
                if text
            ),
            may_decide=self._user.may("POST", "resolve_unmatched_lead"),
        )

    def _linked(self, name: str, case: dict[str, Any], scout: str) -> str:
        return self._compare.effect_of_link(name, case, scout)

    def _record_sides(self, case: dict[str, Any], key: tuple[str, str], record: dict[str, Any]) -> list[Side]:
        _, compare = self._, self._compare
        more = {"row": self._row(*key)}
        if case["case_kind"] != "REPLACED":
            return [
                compare.side(
                    _("This record"),
                    record,
                    when=compare.when(record.get("recorded_at"), record.get("event_date")),
                    **more,
                )
            ]
        both = ask.contents(self._connection, *key)
        found = []
        for title, content in (
            ("content_now", both.get("content_now")),
            ("content_before", both.get("content_before")),
        ):
            said = content_of(content)
            day = compare.formats.day(date.fromisoformat(said["event_date"])) if said.get("event_date") else ""
            name = _("What the row says now") if title == "content_now" else _("What it said before")
            found.append(compare.side(name, said, when=day, **(more if title == "content_now" else {})))
        return found

    def _account_side(self, title: str, account: dict[str, Any], waiting: Any) -> Side:
        _, compare = self._, self._compare
        hired = account.get("hire_date")
        return compare.side(
            title,
            account,
            when=_("hired on {day}").format(day=compare.formats.day(hired)) if hired else "",
            when_note=compare.days_apart(hired, waiting.event_date) if waiting is not None else "",
            row=_("account {id}").format(id=str(account["driver_id"])[:8]) if account.get("driver_id") else "",
            more=compare.trips(account) if account else "",
            person_key=account.get("person_key"),
        )

    def _payment(self, case: dict[str, Any]) -> ShownCase:
        _ = self._
        payment = ask.payment(self._connection, self._user, case["payment_key"])
        scouts, _persons = ask_pages.names(self._connection, self._user, case["scout_ids"], ())
        name = (payment or {}).get("driver_name") or ""
        decisions = ask_pages.record_decisions(self._connection, self._user, PAYMENTS, case["payment_key"])
        return ShownCase(
            {**case, "scouts": scouts},
            _("What did this payment pay for?"),
            who=str(name),
            payment=payment,
            decisions=shown_decisions(decisions, self._compare.explain, {}, None),
            choices=[
                Choice(
                    1,
                    _("It is explained"),
                    _("it leaves this list and the alert, and stays listed with your reason; no money changes"),
                    {"explained": True},
                )
            ],
            may_decide=self._user.may("POST", "resolve_scout_conflict"),
            conversions=ask.conversions(self._connection, case["person_key"]) if case["person_key"] else [],
        )

    def _row(self, source_table: str, source_pk: str) -> str:
        shown = source_pk if len(source_pk) <= 14 else f"{source_pk[:8]}…"
        return f"{self._compare.texts.name('source', source_table)} {shown}"


def record_names(
    connection: Connection, current_user: CurrentUser, keys: list[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Names of records beside a list, as the reader may see them."""
    compare = Comparison("en", current_user.sees_personal_data)
    found = ask.records(connection, keys) if keys else {}
    return {key: compare.name(record["name"]) for key, record in found.items()}
