-- Payments of the partner with the driver or person of each. identity_status:
--   confirmed  the source, or the program that wrote the ledger, names the driver or person
--   enriched   exactly one person has a driver account of that name, words in any order
--   ambiguous  several persons have one; several accounts of one person do not count as several. All their accounts are
--              in candidate_driver_ids
--   no_match   nobody has one
-- Grain and key: payment_key.
create or replace view ops.v_yango_payments_ledger_latest_enriched as
with latest as materialized (
    select payment.* from ops.v_yango_payments_ledger_latest as payment
),

-- Materialise both sides: the planner underestimates the cost of a name key.
asked as materialized (
    select
        latest.driver_name_normalized as written,
        canon.name_key(canon.normalise_name(latest.driver_name_normalized)) as name_key
    from latest
    where latest.driver_id is null and latest.person_key is null
    group by latest.driver_name_normalized
),

bearers as materialized (
    select
        canon.name_key(
            coalesce(indexed.full_name_norm, canon.normalise_name(coalesce(driver.full_name, driver.name_parts)))
        ) as name_key,
        driver.driver_id::text as driver_id,
        coalesce(link.person_key::text, indexed.account_group, driver.driver_id) as person
    from canon.read_drivers_names() as driver
    left join canon.drivers_index as indexed on indexed.driver_id = driver.driver_id
    left join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = driver.driver_id
),

named as (
    select
        asked.written,
        min(bearers.driver_id) as driver_id,
        min(bearers.person) <> max(bearers.person) as is_ambiguous,
        array_agg(bearers.driver_id order by bearers.driver_id) as driver_ids
    from asked
    inner join bearers on bearers.name_key = asked.name_key
    group by asked.written
),

final as (
    select
        latest.*,
        case when not named.is_ambiguous then named.driver_id end as driver_id_enriched,
        case when named.is_ambiguous then named.driver_ids end as candidate_driver_ids,
        case
            when coalesce(latest.driver_id, latest.person_key::text) is not null then 'confirmed'
            when named.is_ambiguous then 'ambiguous'
            when named.driver_id is not null then 'enriched'
            else 'no_match'
        end as identity_status
    from latest
    left join named
        on named.written = latest.driver_name_normalized and latest.driver_id is null and latest.person_key is null
)

select
    final.id,
    final.latest_snapshot_at,
    final.source_table,
    final.source_pk,
    final.pay_date,
    final.pay_time,
    final.raw_driver_name,
    final.driver_name_normalized,
    final.milestone_type,
    final.milestone_value,
    final.is_paid,
    final.paid_flag_source,
    final.driver_id as driver_id_original,
    final.person_key as person_key_original,
    final.driver_id_enriched,
    coalesce(final.driver_id, final.driver_id_enriched) as driver_id_final,
    coalesce(link.person_key, final.person_key) as person_key_final,
    final.identity_status,
    case
        when final.identity_status = 'confirmed' and final.match_rule = 'driver_name_unique' then 'name_unique'
        when final.identity_status = 'confirmed' then 'source_upstream'
        when final.identity_status = 'enriched' then 'name_unique'
        else final.identity_status
    end as match_rule,
    case
        when final.identity_status = 'confirmed' and final.match_rule = 'driver_name_unique'
            then replace(final.match_confidence, 'unknown', 'low')
        when final.identity_status = 'confirmed' then 'high'
        when final.identity_status = 'enriched' then 'medium'
        else 'low'
    end as match_confidence,
    final.identity_status = 'enriched' as identity_enriched,
    final.payment_key,
    final.state_hash,
    final.created_at,
    final.candidate_driver_ids
from final
left join canon.identity_links as link
    on link.source_table = 'drivers' and link.source_pk = coalesce(final.driver_id, final.driver_id_enriched);
