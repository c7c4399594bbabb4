-- Easter Sunday of a year, by the rule of the Gregorian calendar (Meeus, Jones, Butcher).
create or replace function ops.easter(year integer)
returns date
language plpgsql immutable parallel safe
as $$
declare
    golden integer := year % 19;
    century integer := year / 100;
    epact integer := (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    weekday integer := (32 + 2 * (century % 4) + 2 * (year % 100 / 4) - epact - year % 100 % 4) % 7;
    late integer := (golden + 11 * epact + 22 * weekday) / 451;
    days integer := epact + weekday - 7 * late + 114;
begin
    return make_date(year, days / 31, days % 31 + 1);
end
$$;
