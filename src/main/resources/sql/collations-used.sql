-- The collations that come with the server and are those of a column of these tables, of an index of them or of a partition's bounds;
-- each as quote_ident writes it, with one thing that has it. Others are made in the target with the tables.
select quote_ident(l.collname) as collation, min(u.what) as what
from unnest(:'tables'::text[]) as x(name)
cross join lateral (
    select a.attcollation as oid, format('column %s of table %s', a.attname, x.name) as what
    from pg_attribute a where a.attrelid = to_regclass(x.name) and a.attnum > 0 and not a.attisdropped
    union
    select c.oid, format('index %s of table %s', i.indexrelid::regclass, x.name)
    from pg_index i cross join lateral unnest(i.indcollation) c(oid) where i.indrelid = to_regclass(x.name)
    union
    select c.oid, format('the partitions of table %s', x.name)
    from pg_partitioned_table p cross join lateral unnest(p.partcollation) c(oid) where p.partrelid = to_regclass(x.name)) u
join pg_collation l on l.oid = u.oid and l.collnamespace = 'pg_catalog'::regnamespace
group by 1
order by 1
