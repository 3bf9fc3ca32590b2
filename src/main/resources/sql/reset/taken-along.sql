-- What DROP TABLE … CASCADE takes along beyond these tables: what it would report as "drop cascades to" (dependency.c,
-- reportDependentObjects). What is a part of something that goes (an index, a view's rule, a partition) is not named.
-- Of a foreign key or column also how PostgreSQL writes it, since it is gone with it.
-- psql -v relations='{public.devices}' -f taken-along.sql
with recursive named as (
    select to_regclass(r)::oid as oid from unnest(:'relations'::text[]) r where to_regclass(r) is not null
),
gone(classid, objid, objsubid) as (
    select 'pg_class'::regclass::oid, oid, 0 from named
    union
    select coalesce(whole.refclassid, d.classid), coalesce(whole.refobjid, d.objid), coalesce(whole.refobjsubid, d.objsubid)
    from gone
    join pg_depend d on d.refclassid = gone.classid and d.refobjid = gone.objid and gone.objsubid in (0, d.refobjsubid)
    -- what is internal to something else, as its rule to a view, takes that along
    left join pg_depend whole on d.deptype <> 'i' and whole.classid = d.classid and whole.objid = d.objid
                             and whole.objsubid = d.objsubid and whole.deptype = 'i'
    where d.deptype <> 'e'
)
select pg_describe_object(g.classid, g.objid, g.objsubid)
       || coalesce(' (' || case when c.contype = 'f' then pg_get_constraintdef(c.oid) end || ')', '') as taken
from gone g
left join pg_constraint c on g.classid = 'pg_constraint'::regclass and c.oid = g.objid
where not (g.classid = 'pg_class'::regclass and g.objid in (select oid from named))
  and not exists (select from gone o where o.classid = g.classid and o.objid = g.objid and o.objsubid = 0 and g.objsubid <> 0)
  and not exists (
    select from pg_depend d
    join gone o on o.classid = d.refclassid and o.objid = d.refobjid and o.objsubid in (0, d.refobjsubid)
    where d.classid = g.classid and d.objid = g.objid and d.objsubid = g.objsubid and d.deptype in ('a', 'i', 'P', 'S'))
order by 1
