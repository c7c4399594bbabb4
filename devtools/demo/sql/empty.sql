-- Takes an earlier demo load out again. Run only after foreign_rows.sql has found nothing.
truncate
    public.drivers, public.summary_daily,
    public.module_ct_cabinet_leads, public.module_ct_scouting_daily, public.module_ct_migrations,
    public.module_ct_scouts_list, public.module_ct_cabinet_payments, public.module_ct_scout_drivers,
    demo.truth_records, demo.truth_drivers, demo.truth_scouts, demo.loads;
