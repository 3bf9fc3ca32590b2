-- The tables, by their places in the list, of which the table or a partition has more than one unique index or exclusion
-- constraint. Parameter: tables, an array of quoted names.
select t.position
from unnest(:'tables'::text[]) with ordinality as t(name, position)
where exists (select
              from (select to_regclass(t.name)::oid as oid
                    union
                    select p.relid::oid from pg_partition_tree(to_regclass(t.name)) p) part
              join pg_index i on i.indrelid = part.oid
              where i.indisunique or i.indisexclusion
              group by part.oid
              having count(*) > 1)
