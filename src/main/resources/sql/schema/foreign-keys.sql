-- Those of the root only: partitions get theirs from it. A partitioned table takes no NOT VALID (before PostgreSQL 18), so its
-- foreign key is checked at once.
select n.nspname, c.relname, k.conname, c.relkind = 'p' as partitioned, k.convalidated,
       k.confrelid = any (:'relations'::regclass[]) as both_chosen,
       fn.nspname as referenced_schema, f.relname as referenced_name,
       concat_ws(E';\n',
           format('ALTER TABLE %s%I.%I ADD CONSTRAINT %I %s%s', case c.relkind when 'p' then '' else 'ONLY ' end,
                  n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid),
                  case when c.relkind <> 'p' and k.convalidated then ' NOT VALID' else '' end),
           format('COMMENT ON CONSTRAINT %I ON %I.%I IS ', k.conname, n.nspname, c.relname)
               || quote_literal(obj_description(k.oid, 'pg_constraint'))) as sql
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class f on f.oid = k.confrelid
join pg_namespace fn on fn.oid = f.relnamespace
where k.contype = 'f' and k.conparentid = 0 and k.conrelid = any (:'relations'::regclass[])
order by 1, 2, 3
