-- Block ranges are summarised by VACUUM, and by nothing else. Autosummarize asks for it range by range, has room for
-- few requests, and writes each one that finds none into the server's log: thousands of lines in a first load.
alter index canon.records_index_run set (autosummarize = false);
alter index observational.lead_events_created set (autosummarize = false);
