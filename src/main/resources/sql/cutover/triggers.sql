-- The chosen tables' triggers with their state: O fires, D disabled, R on a replica only, A always.
select format('%I.%I', n.nspname, c.relname) as table_name, t.tgname as trigger_name, t.tgenabled::text as state
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace
where not t.tgisinternal and t.tgrelid = any (:'relations'::regclass[])
order by 1, 2
