-- Those of the tables that are partitioned.
-- psql -v tables='{public.split}' -f partitioned.sql
select t.position
from unnest(:'tables'::text[]) with ordinality as t(name, position)
join pg_class c on c.oid = to_regclass(t.name) and c.relkind = 'p'
order by t.position
