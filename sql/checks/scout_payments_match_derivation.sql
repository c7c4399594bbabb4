-- A person whose row in the list of payments is not what is derived for it now; some hundreds are compared each time.
select
    sample.person_key,
    sample.kept,
    sample.derived
from ops.v_scout_payment_sample as sample
where not sample.is_as_derived;
