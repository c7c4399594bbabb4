-- Whether a name is that of a check or of a cause. One row.
select
    exists (
        select 1 from ops.check_states as known where %(target)s::text in (known.check_name, known.cause)
    )
    or exists (select 1 from ops.alert_episodes as episode where episode.cause = %(target)s::text) as is_known;
