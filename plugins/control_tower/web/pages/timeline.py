"""A person's history from the first lead to the payment: each step with its reason, the oldest first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from control_tower.i18n.catalogue import Language
from control_tower.i18n.formats import Formats
from control_tower.settings import get_settings
from control_tower.web.explain import Explainer
from control_tower.web.models.amounts import Json
from control_tower.web.models.person import Audit, Decision, Link, Person, PersonClaim
from control_tower.web.pages.waterfall import Waterfall, Weigher

_DECIDED = re.compile(r"decided by ([^:]+): (.*)", re.DOTALL)
"""The note of an audit row that a decision wrote."""


@dataclass(frozen=True)
class Step:
    """One event of the history.

    `when` is midnight of the local day where only the day is known. `icon` is a name of `parts.ICONS`, `tone` is ok,
    warn, fail or quiet, `record` is the source and key of a record. Of a link, `weighed` is what its probability is
    made of, or `not_weighed` why it has none.
    """

    when: datetime
    shown_when: str
    icon: str
    title: str
    why: str = ""
    tone: str = "quiet"
    record: tuple[str, str] | None = None
    run_id: int | None = None
    details: Json = None
    weighed: Waterfall | None = None
    not_weighed: str = ""


class Timeline:
    """Makes the steps of one person, as its reader may see it, in one language."""

    def __init__(self, person: Person, language: Language, scouts: Mapping[int, str], weigher: Weigher) -> None:
        self._person = person
        self._weigher = weigher
        self._scouts = scouts
        self._formats = Formats(language)
        self._texts = self._formats.texts
        self._explain = Explainer(language)
        self._zone = ZoneInfo(get_settings().timezone)

    def steps(self) -> list[Step]:
        """All steps, the oldest first."""
        _ = self._texts.gettext
        person = self._person
        found = [*self._events(), *(self._link(link) for link in person.links)]
        found += self._accounts()
        found += [self._audit(audit) for audit in person.audit if audit.changed_at and audit.action_type != "SKIPPED"]
        found += [self._decision(decision) for decision in person.decisions]
        found += [self._claim(claim) for claim in person.claims if claim.lead_date]
        found += [
            self._at(merged.merged_at, "link", _("Another person became this one"),
                     why=f"{merged.person_key} · {merged.reason}", run_id=merged.run_id)
            for merged in person.merged
        ]  # fmt: skip
        ledger = person.ledger
        if ledger and ledger.conflict_since:
            title = _("A conflict began: several scouts claim them")
            found.append(self._at(ledger.conflict_since, "warn", title, tone="warn"))
        reached = {(payment.milestone_date, payment.milestone_reached) for payment in person.payments}
        for day, trips in sorted((day, trips) for day, trips in reached if day):
            found.append(self._on(day, "car", _("Reached {trips} trips").format(trips=trips), tone="ok"))
        return sorted(found, key=lambda step: (step.when, step.record is not None and step.record[0] == "drivers"))

    def _events(self) -> list[Step]:
        _ = self._texts.gettext
        steps = []
        for event in self._person.events:
            scout = self._scout(event.scout_id, event.scout_name)
            why = _("brought by {scout}").format(scout=scout) if scout else _("without a scout")
            record = (event.source_table, event.source_pk)
            title = self._texts.name("source", event.source_table)
            details = event.payload_json
            steps.append(self._on(event.event_date, "source", title, why=why, record=record, details=details))
        return steps

    def _link(self, link: Link) -> Step:
        _ = self._texts.gettext
        title = _("Recognised: {record}").format(record=self._texts.name("source", link.source_table))
        why = self._explain.link(link.match_rule, link.evidence)
        why += f" · {self._texts.name('confidence', link.confidence_level)}"
        weighed = self._weighed(link)
        if link.contested_since:
            day = self._formats.day(link.contested_since)
            why += ". " + _("Evidence speaks against it since {day}").format(day=day)
        return self._at(
            link.linked_at,
            "link",
            title,
            why=why,
            tone="warn" if link.contested_since else "ok",
            record=(link.source_table, link.source_pk),
            run_id=link.run_id,
            details=link.evidence,
            weighed=weighed,
            not_weighed="" if weighed else self._explain.not_weighed(link.match_rule),
        )

    def _weighed(self, link: Link) -> Waterfall | None:
        """What the probability of a link is made of; a human's link keeps none."""
        evidence = link.evidence if isinstance(link.evidence, Mapping) else {}
        if link.match_probability is None:
            return None
        weighed = {**evidence, "probability": link.match_probability}
        return self._weigher.waterfall(weighed, evidence.get("record_name"), evidence.get("runner_up"))

    def _accounts(self) -> list[Step]:
        return [
            self._on(
                account.hire_date,
                "user",
                self._texts.gettext("Hired as a driver"),
                why=" · ".join(filter(None, (account.name, account.plate, account.brand, account.model))),
                record=("drivers", account.driver_id),
            )
            for account in self._person.accounts
            if account.hire_date
        ]

    def _audit(self, audit: Audit) -> Step:
        title = f"{self._texts.name('audited', audit.audited)}: {self._texts.name('audit_action', audit.action_type)}"
        parts = []
        if audit.old_scout_id != audit.new_scout_id:
            nobody = self._texts.gettext("nobody")
            parts.append(f"scout {audit.old_scout_id or nobody} → {audit.new_scout_id or nobody}")
        if audit.method and audit.method != "NONE":
            parts.append(self._texts.find("audit_method", audit.method) or self._texts.name("rule", audit.method))
        decided = _DECIDED.match(audit.notes or "")
        if decided:
            parts.append(self._texts.gettext("{who} decided it: “{why}”").format(who=decided[1], why=decided[2]))
        elif audit.notes:
            parts.append(self._texts.find("reason", audit.notes) or self._texts.name("audit_note", audit.notes))
        if audit.error_message:
            parts.append(audit.error_message)
        return self._at(
            audit.changed_at or self._person.updated_at,
            "pen",
            title,
            why=" · ".join(parts),
            tone="fail" if audit.action_type == "ERROR" else "quiet",
            run_id=audit.run_id,
            details=audit.evidence_json,
        )

    def _decision(self, decision: Decision) -> Step:
        return self._at(
            decision.decided_at,
            "user",
            f"{decision.decided_by} {self._texts.name('decision_kind', decision.kind)}",
            why=f"{self._explain.decision(decision.kind, decision.after, self._scouts)} “{decision.reason}”",
            tone="ok",
            details={"before": decision.before, "after": decision.after},
        )

    def _claim(self, claim: PersonClaim) -> Step:
        _ = self._texts.gettext
        count = claim.milestone_value
        trips = self._texts.ngettext("milestone of the first trip", "milestone of {n} trips", count or 0)
        parts = [
            self._formats.money(claim.expected_amount, claim.currency),
            self._texts.name("payment", claim.yango_payment_status),
        ]
        if claim.yango_payment_status != "PAID" and (claim.days_overdue_yango or 0) > 0:
            parts.append(_("overdue by {days}").format(days=self._formats.days(claim.days_overdue_yango)))
        day = claim.pay_date or (claim.yango_due_date.date() if claim.yango_due_date else claim.lead_date)
        is_paid = claim.yango_payment_status == "PAID"
        what = _("Yango paid") if is_paid else _("Yango is to pay")
        return self._on(
            day or self._person.created_at.date(),
            "money",
            f"{what}: {trips.format(n=count)}",
            why=" · ".join(parts),
            tone="ok" if is_paid else "warn" if (claim.days_overdue_yango or 0) > 0 else "quiet",
        )

    def _scout(self, scout_id: int | None, name: str | None) -> str:
        return "" if scout_id is None else f"{name} ({scout_id})" if name else f"scout {scout_id}"

    def _at(self, when: datetime, icon: str, title: str, **more: Any) -> Step:
        return Step(when.astimezone(self._zone), self._formats.moment(when), icon, title, **more)

    def _on(self, day: date, icon: str, title: str, **more: Any) -> Step:
        return Step(datetime.combine(day, time.min, self._zone), self._formats.day(day), icon, title, **more)
