-- The columns of tables, dropped ones too, with what tells that they were altered: a column keeps its number through a renaming, its
-- version changes with every ALTER of it, its place in the key is 0 when it is in none. computed is how the server computes it, empty
-- for a column that is written to; labels are those of the enums in its type by their oids, which they keep when they are renamed. Of the table's files (oid:file:places) the file is another after each
-- rewrite, and the places, by whose transactions a partition and those above it were put in, after each ATTACH. named is the
-- transaction that gave the table its name or its schema, or its owner: its row type goes with each of these, and with nothing else.
-- psql -v tables='{public.devices}' -f shapes.sql
with recursive tree(position, oid, places) as (
    select position, to_regclass(name)::oid, '' from unnest(:'tables'::text[]) with ordinality as t(name, position)
    union all
    select t.position, i.inhrelid, t.places || ':' || i.xmin
    from tree t
    join pg_class p on p.oid = t.oid and p.relkind = 'p'
    join pg_inherits i on i.inhparent = t.oid
),
-- The types that each column's type is made of, as in labels.sql.
used(type, oid) as (
    select distinct atttypid, atttypid from pg_attribute where attrelid >= 16384 and attnum > 0 -- the first of a user's tables
    union
    select u.type, x.oid
    from used u
    join pg_type t on t.oid = u.oid
    cross join lateral (
        select t.typelem union all
        select t.typbasetype union all
        select atttypid from pg_attribute where attrelid = t.typrelid and attnum > 0 and not attisdropped union all
        select rngsubtype from pg_range where t.oid in (rngtypid, rngmultitypid)
    ) x(oid)
    where x.oid <> 0
),
enum as (select u.type, json_object_agg(e.oid, e.enumlabel)::text as labels
         from used u join pg_enum e on e.enumtypid = u.oid group by u.type),
file as (select t.position, string_agg(c.oid || ':' || c.relfilenode || t.places, ',' order by c.oid) as files
         from tree t join pg_class c on c.oid = t.oid and c.relkind = 'r' group by t.position)
select t.position, a.attnum as number, case when not a.attisdropped then a.attname end as name,
       format_type(a.atttypid, a.atttypmod) as type, a.xmin::text as version,
       a.attnotnull or exists (select from pg_constraint k where k.conrelid = a.attrelid and a.attnum = any (k.conkey)) as bound,
       coalesce(array_position(k.columns, a.attnum), 0) as key,
       case when a.attgenerated = '' then ''
            else (select format('(%s) %s', pg_get_expr(d.adbin, d.adrelid), case a.attgenerated when 's' then 'STORED' else 'VIRTUAL' end)
                  from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum) end as computed,
       coalesce(f.files, '') as files,
       coalesce(e.labels, '{}') as labels,
       y.xmin::text as named,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon
from unnest(:'tables'::text[]) with ordinality as t(name, position)
join pg_attribute a on a.attrelid = to_regclass(t.name) and a.attnum > 0
join pg_class r on r.oid = a.attrelid
join pg_type y on y.oid = r.reltype
left join file f on f.position = t.position
left join enum e on e.type = a.atttypid
left join lateral (select array(select unnest(x.indkey[0:x.indnkeyatts - 1])) as columns -- as in tables.sql
                   from pg_index x join pg_class c on c.oid = x.indrelid
                   where x.indrelid = a.attrelid and case when c.relreplident = 'i' then x.indisreplident else x.indisprimary end
                  ) k on true
order by t.position, a.attnum
