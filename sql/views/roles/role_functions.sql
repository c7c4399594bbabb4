-- Our functions, and who may execute them. Grain and key: function_id.
-- is_writing: PostgreSQL lets it write (VOLATILE): the writer's alone. is_internal: called by triggers, or by a
-- function with its owner's right, and hence not executable by either role.
create or replace view ops.role_functions as
select
    routine.oid as function_id,
    routine.oid::regprocedure::text as name,
    routine.provolatile = 'v' as is_writing,
    routine.prorettype = 'trigger'::regtype or routine.proname = 'seal_decisions' as is_internal
from pg_proc as routine
where
    routine.pronamespace::regnamespace::text in ('canon', 'observational', 'ops')
    and routine.prokind = 'f';
