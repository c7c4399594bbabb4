-- What the read model %(read_model)s (payments, cabinet_claims) has to look at: everything (there is none yet; the
-- rules in force, the zone or trips that were there have changed; transactions are counted anew since), or what was
-- written since the last time. One row.
select
    not coalesce(
        kept.settings = present.settings
        and kept.trips_identity = present.trips_identity
        and least(kept.horizon, kept.trips_horizon)::text::numeric
        between present.next_transaction - 2000000000 and present.next_transaction, false
    ) as is_everything,
    mod(kept.horizon::text::numeric, 4294967296)::text as since,
    case
        when not coalesce(kept.trips_seen = present.trips_seen, false)
            then mod(kept.trips_horizon::text::numeric, 4294967296)::text
    end as trips_since,
    present.horizon::text as horizon,
    case
        when kept.trips_seen = present.trips_seen and kept.trips_identity = present.trips_identity
            then kept.trips_horizon
        else present.horizon
    end::text as trips_horizon,
    present.settings,
    present.trips_identity,
    present.trips_seen
from ops.payment_settings() as present
left join canon.read_model_refreshes as kept on kept.read_model = %(read_model)s;
