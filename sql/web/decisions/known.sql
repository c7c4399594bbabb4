-- What is known of the things that a decision names, so that it is refused before a run is started. One row. The
-- decisions themselves check the same again (sql/decisions).
with person as (
    select
        coalesce(
            (
                select merged.survivor_key from ops.v_merged_persons as merged
                where merged.person_key = %(person_key)s::uuid
            ), %(person_key)s::uuid
        ) as person_key
),

known_scouts as (
    select scout.scout_id from ops.v_dim_scouts as scout where scout.scout_id = %(scout_id)s::integer
    union all
    select event.scout_id from ops.v_lead_events as event
    where event.person_key = (select person.person_key from person) and event.scout_id = %(scout_id)s::integer
    union all
    select ledger.attributed_scout_id from ops.v_lead_ledger as ledger
    where
        ledger.person_key = (select person.person_key from person)
        and (
            ledger.attributed_scout_id = %(scout_id)s::integer
            or ledger.evidence_json -> 'seen_scouts' @> to_jsonb(%(scout_id)s::integer)
        )
),

link as (
    select
        standing.match_rule <> 'MANUAL' and contested.source_pk is null as is_undisputed
    from ops.v_identity_links as standing
    left join ops.v_identity_contested as contested using (source_table, source_pk)
    where standing.source_table = %(source_table)s::text and standing.source_pk = %(source_pk)s::text
)

select
    (select count(*) from canon.v_persons where person_key = (select person.person_key from person)) > 0 as has_person,
    (select count(*) from known_scouts) > 0 as has_scout,
    (select count(*) from ops.v_driver_accounts where driver_id = %(driver_id)s::text) > 0 as has_driver,
    (
        (
            select count(*) from ops.v_identity_records
            where source_table = %(source_table)s::text and source_pk = %(source_pk)s::text
        ) + (
            select count(*) from ops.v_identity_unmatched
            where source_table = %(source_table)s::text and source_pk = %(source_pk)s::text
        ) + (select count(*) from link)
    ) > 0 as has_record,
    (select count(*) from link where link.is_undisputed) > 0 as has_standing_link;
