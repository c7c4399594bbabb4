-- What one run left behind and its lists still show, counted: links by rule, records without a person by reason, and
-- audit rows by what they are about. Grain: one kind and code.
select
    'link' as kind,
    link.match_rule as code,
    count(*) as total
from ops.v_identity_links as link
where link.run_id = %(run_id)s::integer
group by link.match_rule
union all
select
    'unmatched' as kind,
    unmatched.reason_code as code,
    count(*) as total
from ops.v_identity_unmatched as unmatched
where unmatched.run_id = %(run_id)s::integer and unmatched.status = 'OPEN'
group by unmatched.reason_code
union all
select
    audit.audited as kind,
    audit.action_type as code,
    count(*) as total
from ops.v_backfill_audit as audit
where audit.run_id = %(run_id)s::integer
group by audit.audited, audit.action_type
order by kind, total desc, code;
