-- How many records without a person the list has, per reason; `listed` is the list with its filters. Grain: one
-- reason.
select
    listed.reason_code,
    count(*) as records
from listed
group by listed.reason_code
order by records desc, listed.reason_code;
