-- Whether a record was linked when it was decided on. Links change in no other step before canon.identity_links is
-- written, which may be locked then (ADR 38).
alter table canon.decisions_this_run add column if not exists is_linked boolean not null default false;
