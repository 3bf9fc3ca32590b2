-- Tables that would be replicated but for what they are: foreign tables, those that came with an extension, UNLOGGED ones.
select n.nspname as schema_name, c.relname as table_name, x.extname as extension, c.relkind = 'f' as foreign_table
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
left join pg_extension x on x.oid = d.refobjid
where c.relkind in ('r', 'p', 'f') and not c.relispartition
  and (c.relkind = 'f' or x.oid is not null or c.relpersistence = 'u')
  and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'caravan')
order by n.nspname, c.relname
