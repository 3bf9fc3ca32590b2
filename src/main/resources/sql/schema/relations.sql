-- The chosen tables and all partitions below them, roots first.
-- psql -v tables='{public.devices,"public.\"Odd Name\""}' -f relations.sql
with recursive tree(oid, depth) as (
    select unnest(:'tables'::regclass[])::oid, 0
    union
    select i.inhrelid, tree.depth + 1
    from tree
    join pg_class parent on parent.oid = tree.oid and parent.relkind = 'p'
    join pg_inherits i on i.inhparent = tree.oid
)
select c.oid, n.nspname, c.relname, c.relkind
from (select oid, max(depth) as depth from tree group by oid) t
join pg_class c on c.oid = t.oid
join pg_namespace n on n.oid = c.relnamespace
order by t.depth, n.nspname, c.relname
