-- How many cases wait for a human, those that were put off included. Grain: one kind.
select
    counted.case_kind,
    counted.cases
from ops.v_review_counts as counted
order by counted.case_kind;
