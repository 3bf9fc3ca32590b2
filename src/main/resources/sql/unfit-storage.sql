-- Which of these tables, or partitions of them, are UNLOGGED, foreign tables or views. pg_partition_tree would wait for whoever alters a partition,
-- and to_regclass refuses names of a schema that the role may not use.
with recursive part (position, oid) as (
    select position, c.oid
    from unnest(:'tables'::text[]) with ordinality as t(name, position)
    join pg_namespace n on n.nspname = (parse_ident(t.name))[1]
    join pg_class c on c.relnamespace = n.oid and c.relname = (parse_ident(t.name))[2]
    union all
    select p.position, i.inhrelid from part p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
    where c.relispartition
)
select distinct on (p.position) p.position, case c.relkind when 'v' then 'VIEW' when 'f' then 'FOREIGN' else 'UNLOGGED' end as kind
from part p join pg_class c on c.oid = p.oid
where c.relpersistence = 'u' or c.relkind in ('v', 'f')
order by p.position, kind
