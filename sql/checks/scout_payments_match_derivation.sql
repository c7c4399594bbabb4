-- A person in the payment list whose row differs from what is derived now; a sample of some hundreds each time.
select
    sample.person_key,
    sample.kept,
    sample.derived
from ops.v_scout_payment_sample as sample
where not sample.is_as_derived;
