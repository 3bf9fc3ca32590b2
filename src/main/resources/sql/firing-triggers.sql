-- Triggers and rules of these tables that act in a session with session_replication_role=replica, too: ENABLE ALWAYS or REPLICA.
select to_regclass(x.name)::text as table_name, e.name as trigger_name, e.kind
from unnest(:'tables'::text[]) as x(name)
join lateral (select t.tgname as name, 'TRIGGER' as kind from pg_trigger t
              where t.tgrelid = to_regclass(x.name) and not t.tgisinternal and t.tgenabled in ('A', 'R')
              union all
              select r.rulename, 'RULE' from pg_rewrite r
              where r.ev_class = to_regclass(x.name) and r.ev_enabled in ('A', 'R')) e on true
order by 1, 2
