-- What CREATE TABLE does not say: storage, compression, statistics, and a child's own default of an inherited column.
select c.oid,
       format('ALTER TABLE ONLY %I.%I ALTER COLUMN %I %s', n.nspname, c.relname, a.attname, action.sql) as sql
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
cross join lateral to_jsonb(a) j
cross join lateral (
    select exists (select from pg_inherits i join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
                   where i.inhrelid = c.oid and i.inhparent = any (:'relations'::regclass[])) as handed_down
) parent
cross join lateral (values
    (1, 'SET STORAGE ' || case when a.attstorage <> t.typstorage then
        case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' when 'x' then 'EXTENDED' end end),
    (2, 'SET COMPRESSION ' || case j ->> 'attcompression' when 'p' then 'pglz' when 'l' then 'lz4' end),
    (3, 'SET STATISTICS ' || case when (j ->> 'attstattarget')::int >= 0 then j ->> 'attstattarget' end),
    -- By name: newer minor releases keep a version of their own (pg_attver) beside them, which SET refuses.
    (4, 'SET (' || (select string_agg(o, ', ') from unnest(a.attoptions) o where o ~ '^n_distinct(_inherited)?=') || ')'),
    (5, case when not a.attislocal and not c.relispartition and parent.handed_down and a.attgenerated = '' then
        coalesce('SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), 'DROP DEFAULT') end),
    (6, case when not a.attislocal and not c.relispartition and parent.handed_down and a.attnotnull and not exists (
            select from pg_inherits i join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
            where i.inhrelid = c.oid and i.inhparent = any (:'relations'::regclass[]) and p.attnotnull) then
        'SET NOT NULL' end)
) action(position, sql)
where a.attrelid = any (:'relations'::regclass[]) and a.attnum > 0 and not a.attisdropped and action.sql is not null
order by n.nspname, c.relname, a.attnum, action.position
