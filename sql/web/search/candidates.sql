-- Records and driver accounts that carry a key, with what of it they carry. Grain: one record or account and kind of
-- key. Each branch follows the index of its key and ends at the limit, in whatever order: of so many none is sought.
(
    select 'phone' as kind, found.source_table, found.source_pk, found.name_norm as name
    from ops.v_search_index as found
    where found.phone_norm = %(phone)s::text
    limit %(most)s::integer -- noqa: AM09
)
union all
(
    select 'phone_end', found.source_table, found.source_pk, found.name_norm
    from ops.v_search_index as found
    where found.search_terms @@ (reverse(%(phone_end)s::text) || ':*')::tsquery
    limit %(most)s::integer -- noqa: AM09
)
union all
(
    select 'license', found.source_table, found.source_pk, found.name_norm
    from ops.v_search_index as found
    where found.license_norm = %(license)s::text
    limit %(most)s::integer -- noqa: AM09
)
union all
(
    select 'document', found.source_table, found.source_pk, found.name_norm
    from ops.v_search_index as found
    where found.license_number = %(document)s::text and found.license_norm is distinct from %(license)s::text
    limit %(most)s::integer -- noqa: AM09
)
union all
(
    select 'plate', found.source_table, found.source_pk, found.name_norm
    from ops.v_search_index as found
    where found.plate_norm = %(plate)s::text
    limit %(most)s::integer -- noqa: AM09
)
union all
(
    select 'driver_id', found.source_table, found.source_pk, found.name_norm
    from ops.v_search_index as found
    where found.driver_id = %(driver_id)s::text
    limit %(most)s::integer -- noqa: AM09
)
union all
(
    select 'external_id', found.source_table, found.source_pk, found.name_norm
    from ops.v_search_index as found
    where found.source_table = any(%(source_tables)s::text[]) and found.source_pk = %(external_id)s::text
    limit %(most)s::integer -- noqa: AM09
);
