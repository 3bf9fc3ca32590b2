-- Which of these tables, or partitions of them, are UNLOGGED, foreign tables or views. pg_partition_tree would wait for whoever alters a partition.
with recursive part (position, oid) as (
    select position, to_regclass(name)::oid from unnest(:'tables'::text[]) with ordinality as t(name, position)
    union all
    select p.position, i.inhrelid from part p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
    where c.relispartition
)
select distinct on (p.position) p.position, case c.relkind when 'v' then 'VIEW' when 'f' then 'FOREIGN' else 'UNLOGGED' end as kind
from part p join pg_class c on c.oid = p.oid
where c.relpersistence = 'u' or c.relkind in ('v', 'f')
order by p.position, kind
