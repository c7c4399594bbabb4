-- Indexes of the search and of the pages of scouts. No table or row changes.

-- Words of names and ends of phones, for records and for driver accounts (ADR 35). The expression is that of
-- ops.v_search_index.
create index if not exists records_index_search on canon.records_index using gin (
    array_to_tsvector(array_remove(string_to_array(name_norm, ' ') || reverse(phone_norm), null))
);
create index if not exists drivers_index_search on canon.drivers_index using gin (
    array_to_tsvector(
        array_remove(string_to_array(full_name_norm::text, ' ') || reverse(phone_norm::text), null)
    )
);

-- What a scout brought, day by day, without reading the events.
create index if not exists lead_events_scout_day on observational.lead_events (scout_id, event_date)
where scout_id is not null;

-- What a scout is due now.
create index if not exists scout_payment_milestones_scout on canon.scout_payment_milestones (scout_id);

-- The claim that a payment paid, by the payment's key.
create index if not exists partner_claims_payment on canon.partner_claims (payment_key) where payment_key is not null;
