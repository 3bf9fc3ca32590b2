-- Which of the tables, named as schema.table without quotes, a database has, and whose partitions they are (else null). A schema's
-- name may hold a dot.
select position, c.oid::regclass as table_sql, i.inhparent::regclass as parent_sql
from unnest(:'tables'::text[]) with ordinality as t(name, position)
join (pg_class c join pg_namespace n on n.oid = c.relnamespace) on n.nspname || '.' || c.relname = t.name
left join pg_inherits i on i.inhrelid = c.oid and c.relispartition
order by position
