-- What a run left behind, in numbers: one row.
select
    (select count(*) from ops.v_identity_links as link where link.source_table <> 'drivers') as linked_records,
    (select count(*) from ops.v_identity_links as link where link.source_table = 'drivers') as linked_drivers,
    (
        select count(*) from ops.v_identity_unmatched as unmatched where unmatched.status <> 'RESOLVED'
    ) as unmatched_records,
    (select count(*) from canon.v_persons) as persons,
    (select count(*) from ops.v_lead_events) as events,
    (select count(*) from ops.v_identity_contested) as contested;
