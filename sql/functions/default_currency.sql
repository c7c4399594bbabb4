-- Currency of a payment rule that names none: that of the latest run's country. Security definer: entering rules does
-- not require the right to read runs.
create or replace function ops.default_currency()
returns varchar
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when (
            select run.parameters ->> 'country' from ops.ingestion_runs as run
            where run.parameters ? 'country'
            order by run.id desc
            limit 1
        ) = 'CO' then 'COP'
        else 'PEN'
    end
$$;

alter table ops.scout_payment_rules alter column currency set default ops.default_currency();
alter table ops.partner_payment_rules alter column currency set default ops.default_currency();
