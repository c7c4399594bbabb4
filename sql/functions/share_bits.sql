-- How surprising a share of all people is, in bits: log2(1 / share). `carriers` of `people`, of whom at least one half
-- is assumed, because a value that was not counted is rare but not impossible; NULL carriers: `otherwise` is the share.
create or replace function canon.share_bits(carriers integer, people float8, otherwise float8)
returns float8
language sql immutable parallel safe
as $$
    select -ln(
        case when carriers is null then otherwise else least(greatest(carriers, 0.5) / people, 1) end
    ) / ln(2::float8)
$$;
