-- Records without a link now, per reason. Grain and key: reason_code.
select
    unmatched.reason_code,
    count(*) as records
from ops.v_identity_unmatched as unmatched
where unmatched.status <> 'RESOLVED'
group by unmatched.reason_code
order by records desc, unmatched.reason_code;
