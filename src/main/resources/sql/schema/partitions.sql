-- The partitions of tables that hold rows, those of partitions too, with what tells how each came to its table: CREATE TABLE … PARTITION OF
-- makes it and puts it in by one command, ATTACH PARTITION puts in what was made before, it or a partition above it.
-- psql -v tables='{public.split}' -f partitions.sql
with recursive tree(position, oid, attachments) as (
    select position, to_regclass(name)::oid, '{}'::xid[]
    from unnest(:'tables'::text[]) with ordinality as t(name, position)
    union all
    select t.position, i.inhrelid, t.attachments || case when i.xmin <> made.xmin then array[i.xmin] else '{}' end
    from tree t
    join pg_class p on p.oid = t.oid and p.relkind = 'p'
    join pg_inherits i on i.inhparent = t.oid
    join pg_attribute made on made.attrelid = i.inhrelid and made.attname = 'tableoid' and made.attnum < 0
)
select t.position, c.oid, format('%I.%I', n.nspname, c.relname) as name,
       i.xmin <> made.xmin
           or exists (select from unnest(t.attachments) attachment where age(attachment) <= age(made.xmin)) as attached,
       i.xmin::text as joined_by, i.cmin::text::bigint as joined_at
from tree t
join pg_class c on c.oid = t.oid and c.relkind = 'r'
join pg_namespace n on n.oid = c.relnamespace
join pg_inherits i on i.inhrelid = c.oid
join pg_attribute made on made.attrelid = c.oid and made.attname = 'tableoid' and made.attnum < 0
where t.oid <> to_regclass((:'tables'::text[])[t.position])
order by t.position, c.oid
