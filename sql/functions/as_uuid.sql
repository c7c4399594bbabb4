-- A column of a source as a UUID, whatever its type (see canon.as_text); NULL: text that is none.
create or replace function canon.as_uuid(value uuid)
returns uuid
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_uuid(value text)
returns uuid
language sql immutable parallel safe
as $$
    select case when value ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then value::uuid end
$$;
