-- Whether a day is a public holiday of Peru (PE) or Colombia (CO), where many are moved to the next Monday.
create or replace function ops.is_holiday(day date, country text)
returns boolean
language sql immutable parallel safe
as $$
    select case country
        when 'PE' then
            to_char(day, 'MMDD') in (
                '0101', '0501', '0607', '0629', '0723', '0728', '0729', '0806', '0830', '1008', '1101', '1208', '1209',
                '1225'
            )
            or day - easter.sunday in (-3, -2)
        when 'CO' then
            to_char(day, 'MMDD') in ('0101', '0501', '0720', '0807', '1208', '1225')
            or day - easter.sunday in (-3, -2, 43, 64, 71)
            or extract(isodow from day) = 1 and exists (
                select from generate_series(0, 6) as moved (days)
                where to_char(day - moved.days, 'MMDD') in ('0106', '0319', '0629', '0815', '1012', '1101', '1111')
            )
        else false
    end
    from ops.easter(extract(year from day)::integer) as easter (sunday)
$$;
