-- Which of these tables are UNLOGGED, or have such a partition. pg_partition_tree would wait for whoever alters a partition.
with recursive part (position, oid) as (
    select position, to_regclass(name)::oid from unnest(:'tables'::text[]) with ordinality as t(name, position)
    union all
    select p.position, i.inhrelid from part p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
    where c.relispartition
)
select distinct p.position from part p join pg_class c on c.oid = p.oid where c.relpersistence = 'u' order by p.position
