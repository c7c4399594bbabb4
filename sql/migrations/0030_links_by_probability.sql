-- Links are counted by rule and probability without reading them (ops.v_match_calibration).
create index identity_links_by_probability on canon.identity_links (match_rule, match_probability) where (
    match_probability is not null and match_rule <> 'MANUAL'
);
