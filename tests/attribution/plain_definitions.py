"""Plain definitions of stored figures: computed from all events each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg

ATTRIBUTION = """
select
    person.person_key::text,
    case
        when ledger.attributed_scout_id is not null then ledger.attributed_scout_id
        when ledger.attribution_rule = 'MANUAL' then null
        when claims.scouts = 1 then claims.scout_id
    end as scout_id,
    case when ledger.attributed_scout_id is not null then 'lead_ledger' else first_claim.source_table end,
    case
        when ledger.attributed_scout_id is not null then ledger.person_key::text else first_claim.source_pk
    end,
    coalesce(first_claim.event_date, (ledger.updated_at at time zone 'America/Lima')::date),
    coalesce(ledger.decision_status = 'conflict', claims.scouts > 1, false)
from canon.identity_registry as person
left join observational.lead_ledger as ledger
    on ledger.person_key = person.person_key
    and (
        ledger.attributed_scout_id is not null or ledger.decision_status = 'conflict'
        or ledger.attribution_rule = 'MANUAL'
    )
left join lateral (
    select event.* from observational.lead_events as event
    where event.person_key = person.person_key and event.scout_id is not null
    order by event.event_date, event.id limit 1
) as first_claim on true
left join lateral (
    select count(distinct event.scout_id) as scouts, min(event.scout_id) as scout_id
    from observational.lead_events as event
    where event.person_key = person.person_key and event.scout_id is not null
) as claims on true
where ledger.person_key is not null or first_claim.id is not null
order by 1
"""
SHOWN_ATTRIBUTION = """
select person_key::text, scout_id, source_table, source_pk, attribution_date, is_conflict
from ops.v_scout_attribution order by 1
"""
CONFLICTS = """
select
    ledger.person_key::text,
    count(distinct claim.scout_id),
    array_agg(distinct claim.scout_id order by claim.scout_id),
    min(claim.event_date),
    max(claim.event_date),
    count(*)
from observational.lead_ledger as ledger
cross join lateral (
    select event.scout_id, event.event_date
    from observational.lead_events as event
    where event.person_key = ledger.person_key and event.scout_id is not null
    union all
    select ledger.attributed_scout_id, null where ledger.attributed_scout_id is not null
) as claim
where ledger.decision_status = 'conflict'
group by ledger.person_key
order by 1
"""
SHOWN_CONFLICTS = """
select person_key::text, distinct_scout_count, scout_ids, first_event_date, last_event_date, total_sources
from ops.v_scout_attribution_conflicts where total_sources > 0 order by 1
"""
BACKLOG = """
select
    person.person_key::text,
    case when count(event.id) = 0 then 'C' when count(event.scout_id) > 0 then 'D' else 'A' end,
    case when count(distinct event.scout_id) = 1 then min(event.scout_id) end,
    min(event.event_date),
    max(event.event_date),
    count(event.id)
from canon.identity_registry as person
left join observational.lead_events as event using (person_key)
left join observational.lead_ledger as ledger using (person_key)
where ledger.attributed_scout_id is null
group by person.person_key
order by 1
"""
SHOWN_BACKLOG = """
select person_key::text, category, scout_id, first_event_date, last_event_date, event_count
from ops.v_persons_without_scout_categorized order by 1
"""
LIVE = {
    "attribution": (SHOWN_ATTRIBUTION, ATTRIBUTION),
    "conflicts": (SHOWN_CONFLICTS, CONFLICTS),
    "backlog": (SHOWN_BACKLOG, BACKLOG),
}
"""Each view and its definition; equal at any time."""

KEPT = {
    "payments": (
        "select * from ops.v_scout_liquidation order by person_key, currency",
        "select * from ops.v_scout_payment_base order by person_key, currency",
    ),
    "milestones": (
        "select * from canon.scout_payment_milestones order by person_key, rule_id",
        "select * from canon.due_scout_milestones order by person_key, rule_id",
    ),
    "claims": (
        "select * from ops.v_yango_collection_list order by driver_id, milestone_value",
        "select * from ops.v_yango_collection_with_scout order by driver_id, milestone_value",
    ),
    "totals": (
        """
        select scout_id, payment_status, block_reason, milestone_reached, origin_tag, currency, persons, amount
        from ops.v_scout_liquidation_totals order by 1, 2, 3, 4, 5, 6
        """,
        """
        select scout_id, payment_status, block_reason, milestone_reached, origin_tag, currency, count(*),
            sum(amount_payable)
        from ops.v_scout_payment_base group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
        """,
    ),
}
"""Each read model and its derivation; equal right after a refresh."""


def differences(connection: psycopg.Connection[Any], pairs: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Rows that only one query of a pair returns, by name."""
    found = {}
    for name, (shown, meant) in pairs.items():
        rows = [connection.execute(query.encode()).fetchall() for query in (shown, meant)]
        if rows[0] != rows[1]:
            found[name] = (
                [row for row in rows[0] if row not in rows[1]],
                [row for row in rows[1] if row not in rows[0]],
            )
    return found


@dataclass
class LedgerModel:
    """The ledger row of one person about whom nobody decided, derived each time from the scouts of its events.

    Attributes:
        scout: The scout in the ledger.
        state: `none`: nobody claims the person.
        paid: Scouts who were paid for the person.
        carried: Scouts of its events since it was last settled.
    """

    scout: int | None = None
    state: Literal["assigned", "conflict", "none"] = "none"
    paid: set[int] = field(default_factory=set)
    carried: set[int] = field(default_factory=set)

    def derive(self, scouts: set[int]) -> None:
        """What a refresh makes of these scouts."""
        gone = self.carried - scouts
        if gone & self.paid or len(scouts) > 1:
            self.state, self.carried = "conflict", gone | scouts
        else:
            self.scout = next(iter(scouts), None)
            self.state, self.carried = "assigned" if scouts else "none", scouts
