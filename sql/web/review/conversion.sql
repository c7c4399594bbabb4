-- What became of a person's leads: hire, first trips, and trips in the days after. Grain and key: origin_tag.
select
    lead.origin_tag,
    lead.lead_date,
    lead.hire_date,
    lead.first_trip_date,
    lead.trip_1_date,
    lead.trip_5_date,
    lead.trip_25_date,
    lead.trips_7d,
    lead.trips_14d,
    lead.trips_30d
from observational.v_conversion_metrics as lead
where lead.person_key = %(person_key)s::uuid
order by lead.lead_date, lead.origin_tag;
