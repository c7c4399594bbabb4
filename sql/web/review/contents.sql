-- What an overwritten row said before and says now, each as written and as compared. No row: it is not contested.
select
    contested.content_before,
    contested.content_now
from ops.v_identity_contested as contested
where contested.source_table = %(source_table)s::text and contested.source_pk = %(source_pk)s::text;
