-- What COPY carries of a table, one row per column that can be written, by name: its type, and whether that type's binary form
-- means the same on every server from version 15 on. Not so: names of objects by oid (reg*, arrays and composites of types that
-- are not built in), what depends on the server's settings (money, xml), and extensions' own types. An enum's value travels
-- as its label.
with recursive base(attname, typid, type) as (
    select a.attname, a.atttypid, format_type(a.atttypid, a.atttypmod)
    from pg_attribute a
    where a.attrelid = to_regclass(:'table') and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    union all
    select b.attname, t.typbasetype, b.type
    from base b join pg_type t on t.oid = b.typid
    where t.typtype = 'd'
)
select b.attname as column_name,
       b.type    as type,
       t.typtype = 'e' or coalesce(e.oid, t.oid) < 16384 and coalesce(e.typname, t.typname) in (
           'bool', 'bytea', 'char', 'name', 'int8', 'int2', 'int4', 'text', 'oid', 'json', 'jsonb', 'point', 'lseg', 'path', 'box',
           'polygon', 'line', 'circle', 'float4', 'float8', 'macaddr', 'macaddr8', 'inet', 'cidr', 'bpchar', 'varchar', 'date',
           'time', 'timetz', 'timestamp', 'timestamptz', 'bit', 'varbit', 'numeric', 'uuid', 'pg_lsn', 'int4range', 'int8range',
           'numrange', 'tsrange', 'tstzrange', 'daterange') as portable
from base b
join pg_type t on t.oid = b.typid
left join pg_type e on e.oid = t.typelem and t.typsubscript = 'array_subscript_handler'::regproc
where t.typtype <> 'd'
order by b.attname
