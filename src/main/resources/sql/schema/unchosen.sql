-- The tables that pg_dump is told to leave alone: it would otherwise ask for a lock on them, and so for the right to read them.
select n.nspname, c.relname
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and c.oid <> all (:'relations'::regclass[])
order by 1, 2
