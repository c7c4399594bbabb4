-- How many cases wait for a human, and how many of them were put off to a later day. Grain: one kind.
select
    counted.case_kind,
    counted.cases,
    counted.postponed
from ops.v_review_counts as counted
order by counted.case_kind;
