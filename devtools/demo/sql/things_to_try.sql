-- How much there is to try: open conflicts, records that wait for a human, statements. One row.
select
    (select count(*) from ops.v_scout_attribution_conflicts) as conflicts,
    (
        select count(*) from ops.v_identity_unmatched as unmatched
        where unmatched.status = 'OPEN' and unmatched.candidates_preview is not null
    ) as unmatched,
    (select count(*) from ops.v_scout_statements) as statements;
