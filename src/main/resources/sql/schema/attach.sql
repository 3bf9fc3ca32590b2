-- Top down: an identity column is handed on to the direct partitions only (PostgreSQL 17).
with recursive tree(oid, depth) as (
    select oid, 0 from pg_class where oid = any (:'relations'::regclass[]) and not relispartition
    union all
    select i.inhrelid, tree.depth + 1 from tree join pg_inherits i on i.inhparent = tree.oid
)
select c.oid, format('%I.%I', n.nspname, c.relname) as name,
       format('ALTER TABLE ONLY %I.%I ATTACH PARTITION %I.%I %s', pn.nspname, p.relname, n.nspname, c.relname,
              pg_get_expr(c.relpartbound, c.oid)) as sql
from (select oid, max(depth) as depth from tree group by oid) t
join pg_class c on c.oid = t.oid and c.relispartition and c.relkind in ('r', 'p')
join pg_namespace n on n.oid = c.relnamespace
join pg_inherits i on i.inhrelid = c.oid
join pg_class p on p.oid = i.inhparent
join pg_namespace pn on pn.oid = p.relnamespace
where p.oid = any (:'relations'::regclass[]) and c.oid = any (:'relations'::regclass[])
order by t.depth, n.nspname, c.relname
