-- The page of a run counts and lists the links that it made: by run and rule, without reading all links.
create index if not exists identity_links_of_run on canon.identity_links (run_id, match_rule);
