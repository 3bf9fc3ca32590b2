-- The tables, by their places in the list, of which the table or a partition has more than one unique index or exclusion
-- constraint. Parameter: tables, an array of quoted names.
with part as (
    select t.position, to_regclass(t.name)::oid as oid
    from unnest(:'tables'::text[]) with ordinality as t(name, position)
    union
    select t.position, p.relid::oid
    from unnest(:'tables'::text[]) with ordinality as t(name, position)
    cross join pg_partition_tree(to_regclass(t.name)) p
)
select distinct s.position
from (select part.position
      from part
      join pg_index i on i.indrelid = part.oid
      where i.indisunique or i.indisexclusion
      group by part.position, part.oid
      having count(*) > 1) s
