-- Another mobile number for a sample of cabinet leads that differs from round to round. Grain: one row per lead.
update public.module_ct_cabinet_leads as lead
set park_phone = '9' || right('0000000' || abs(hashtext(lead.id::text || %(round)s::text))::text, 8)
where lead.id in (
    select sampled.id
    from public.module_ct_cabinet_leads as sampled
    order by md5(sampled.id::text || %(round)s::text)
    limit %(count)s
);
