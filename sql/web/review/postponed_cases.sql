-- How many of the cases that wait for a human were put off to a later day. Grain: one kind.
select
    counted.case_kind,
    counted.postponed
from ops.v_review_counts as counted;
