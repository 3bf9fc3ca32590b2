-- Tables that would be replicated but for being UNLOGGED.
select n.nspname as schema_name, c.relname as table_name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence = 'u' and not c.relispartition
  and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'caravan')
order by n.nspname, c.relname
