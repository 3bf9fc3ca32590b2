-- Everything that the chosen tables need in order to exist: schemas, extensions, collations, types, functions, sequences and
-- the tables themselves; one row per dependency between two of them (or one with ref* null for an object that needs nothing).
-- late: needed by an index or a constraint only, which are made after all tables, so it gives no order.
-- psql -v relations='{public.devices}' -f needed.sql
with recursive
chosen as (select unnest(:'relations'::regclass[])::oid as oid),
-- Objects that have no CREATE of their own: they come with the object they are a part of.
part(classid, objid, wholeclass, wholeid, late) as materialized (
    select 'pg_attrdef'::regclass::oid, oid, 'pg_class'::regclass::oid, adrelid, false from pg_attrdef
    union all
    select 'pg_constraint'::regclass, oid, 'pg_class'::regclass, conrelid, true from pg_constraint where conrelid <> 0
    union all
    select 'pg_constraint'::regclass, oid, 'pg_type'::regclass, contypid, false from pg_constraint where contypid <> 0
    union all
    select 'pg_class'::regclass, indexrelid, 'pg_class'::regclass, indrelid, true from pg_index
    union all
    select 'pg_statistic_ext'::regclass, oid, 'pg_class'::regclass, stxrelid, true from pg_statistic_ext
    union all
    select 'pg_type'::regclass, reltype, 'pg_class'::regclass, oid, false from pg_class where reltype <> 0 and relkind <> 'c'
    union all
    select 'pg_class'::regclass, oid, 'pg_type'::regclass, reltype, false from pg_class where relkind = 'c'
    union all
    select 'pg_type'::regclass, typarray, 'pg_type'::regclass, oid, false from pg_type where typarray <> 0
    union all
    -- Absent before PostgreSQL 14; read through jsonb so that one file serves every version.
    select 'pg_type'::regclass, (to_jsonb(r) ->> 'rngmultitypid')::oid, 'pg_type'::regclass, rngtypid, false
    from pg_range r where (to_jsonb(r) ->> 'rngmultitypid') is not null
    union all
    select classid, objid, 'pg_extension'::regclass, refobjid, false from pg_depend where deptype = 'e'
),
dependency(classid, objid, refclassid, refobjid, late) as materialized (
    select distinct
        coalesce(s.wholeclass, d.classid), coalesce(s.wholeid, d.objid),
        coalesce(r2.wholeclass, r1.wholeclass, d.refclassid), coalesce(r2.wholeid, r1.wholeid, d.refobjid),
        coalesce(s.late, false)
    from pg_depend d
    left join part s on s.classid = d.classid and s.objid = d.objid
    left join part r1 on r1.classid = d.refclassid and r1.objid = d.refobjid
    left join part r2 on r2.classid = r1.wholeclass and r2.objid = r1.wholeid
    where d.deptype = 'n'
      and (d.refobjid >= 16384 or d.refclassid = 'pg_namespace'::regclass)
),
carried(classid, objid) as materialized (
    select 'pg_type'::regclass::oid, oid from pg_type
    union all select 'pg_proc'::regclass, oid from pg_proc where prokind <> 'a'
    union all select 'pg_collation'::regclass, oid from pg_collation
    union all select 'pg_namespace'::regclass, oid from pg_namespace where nspname not in ('pg_catalog', 'pg_toast')
    union all select 'pg_extension'::regclass, oid from pg_extension
    union all select 'pg_class'::regclass, oid from pg_class where relkind = 'S'
    union all select 'pg_class'::regclass, oid from chosen
),
-- The body of a function is text to the server, which notes no dependency; a function that is called there by its name is
-- taken to be needed too, unless it could not be made for want of a table.
called as (
    select p.oid, lower(coalesce(word[1], word[2])) as name
    from pg_proc p
    cross join lateral regexp_matches(p.prosrc, '"([^"]+)"\s*\(|([[:alpha:]_][[:alnum:]_$]*)\s*\(', 'g') word
    where p.oid >= 16384
      and not exists (select from part o where o.classid = 'pg_proc'::regclass and o.objid = p.oid)
),
edge(classid, objid, refclassid, refobjid, late) as materialized (
    select * from dependency
    union
    select 'pg_proc'::regclass, c.oid, coalesce(e.wholeclass, 'pg_proc'::regclass), coalesce(e.wholeid, q.oid), true
    from called c
    join pg_proc q on lower(q.proname) = c.name and q.oid <> c.oid and q.oid >= 16384
    left join part e on e.classid = 'pg_proc'::regclass and e.objid = q.oid
    where not exists (
        select from dependency d
        join pg_class t on t.oid = d.refobjid and t.relkind <> 'S'
        where d.classid = 'pg_proc'::regclass and d.objid = q.oid and d.refclassid = 'pg_class'::regclass
          and t.oid not in (select oid from chosen))
),
needed(classid, objid) as (
    select 'pg_class'::regclass::oid, oid from chosen
    union
    -- The sequences of serial columns.
    select d.classid, d.objid
    from pg_depend d
    join pg_class c on c.oid = d.objid and c.relkind = 'S'
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
      and d.refobjid in (select oid from chosen)
    union
    select e.refclassid, e.refobjid
    from needed n
    join edge e on e.classid = n.classid and e.objid = n.objid
    join carried c on c.classid = e.refclassid and c.objid = e.refobjid
)
select n.classid::regclass::text as catalog, n.objid,
       (pg_identify_object(n.classid, n.objid, 0)).type || ' ' || (pg_identify_object(n.classid, n.objid, 0)).identity as identity,
       r.classid::regclass::text as refcatalog, r.objid as refobjid
from needed n
left join (edge e join needed r on r.classid = e.refclassid and r.objid = e.refobjid)
       on e.classid = n.classid and e.objid = n.objid and not e.late
order by n.classid, n.objid, r.objid
