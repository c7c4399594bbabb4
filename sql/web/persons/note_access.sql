-- Record an access to personal data. Grain: one access.
insert into ops.personal_data_access (action, person_key, subject, is_unmasked, seen_by)
values (
    %(action)s::text, %(person_key)s::uuid, %(subject)s::text, %(is_unmasked)s::boolean, %(seen_by)s::text
);
