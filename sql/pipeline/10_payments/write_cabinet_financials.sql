-- current_financials into canon.cabinet_financials: of %(persons)s (NULL: of all), what differs is replaced. Grain and
-- key: (driver_id, currency). Repeatable.
drop table if exists gone_financials, written_financials;

create temporary table gone_financials on commit drop as
select kept.*
from canon.cabinet_financials as kept
where %(persons)s::uuid[] is null or kept.person_key = any(%(persons)s::uuid[])
except
select financial.* from current_financials as financial;

create temporary table written_financials on commit drop as
select financial.* from current_financials as financial
except
select kept.*
from canon.cabinet_financials as kept
where %(persons)s::uuid[] is null or kept.person_key = any(%(persons)s::uuid[]);

-- by account, too: it may have been another person's
delete from canon.cabinet_financials as kept
using (
    select gone.driver_id, gone.currency from gone_financials as gone
    union
    select written.driver_id, written.currency from written_financials as written
) as changed
where kept.driver_id = changed.driver_id and kept.currency is not distinct from changed.currency;

-- rows: financials
insert into canon.cabinet_financials
select written.*
from written_financials as written
order by written.driver_id, written.currency;
