-- A review case is no longer put off. Grain and key: (case_kind, case_key).
delete from ops.review_postponements as postponed
where postponed.case_kind = %(case_kind)s and postponed.case_key = %(case_key)s;
