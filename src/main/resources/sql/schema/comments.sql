-- Of tables, columns, sequences, types and functions.
select d.objoid as oid, format('COMMENT ON %s IS %L', object.name, d.description) as sql
from pg_description d
cross join lateral (
    select case
        when d.classoid = 'pg_class'::regclass and d.objsubid > 0 then (
            select 'COLUMN ' || format('%I.%I.%I', n.nspname, c.relname, a.attname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
            where c.oid = d.objoid and c.relkind in ('r', 'p'))
        when d.classoid = 'pg_class'::regclass then (
            select case c.relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || format('%I.%I', n.nspname, c.relname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = d.objoid and c.relkind in ('r', 'p', 'S'))
        when d.classoid = 'pg_type'::regclass then (
            select case t.typtype when 'd' then 'DOMAIN ' else 'TYPE ' end || format('%I.%I', n.nspname, t.typname)
            from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.oid = d.objoid)
        when d.classoid = 'pg_proc'::regclass then
            'ROUTINE ' || d.objoid::regprocedure
        end as name
) object
where d.objoid = any (:'objects'::oid[]) and object.name is not null
  and d.classoid in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
order by 2
