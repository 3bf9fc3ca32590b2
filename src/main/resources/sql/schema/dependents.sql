-- Everything that cannot be carried because it depends on a table that is not chosen, those tables included.
-- objects: oids in pg_class that are needed all the same (needed.sql), as a sequence of another table that a default reads.
-- psql -v relations='{public.devices}' -v objects='{}' -f dependents.sql
with recursive
gone(classid, objid) as (
    select 'pg_class'::regclass::oid, c.oid
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and c.oid <> all (:'relations'::regclass[])
      and not exists (select from pg_depend e
                      where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    union
    select coalesce(whole.classid, d.classid), coalesce(whole.objid, d.objid)
    from gone
    join pg_depend d on d.refclassid = gone.classid and d.refobjid = gone.objid and d.deptype in ('n', 'a', 'i', 'P', 'S')
    left join lateral (
        -- What is written inside the CREATE of a table or view takes that along.
        select 'pg_class'::regclass::oid as classid, ev_class as objid
        from pg_rewrite where d.classid = 'pg_rewrite'::regclass and oid = d.objid and rulename = '_RETURN'
        union all
        select 'pg_class'::regclass, adrelid from pg_attrdef where d.classid = 'pg_attrdef'::regclass and oid = d.objid
        union all
        select 'pg_class'::regclass, conrelid from pg_constraint
        where d.classid = 'pg_constraint'::regclass and oid = d.objid and contype = 'c' and conrelid <> 0
    ) whole on true
    where not exists (select from pg_class c
                      where d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind = 'S'
                        and c.oid = any (:'objects'::oid[]))
)
select classid, objid, pg_describe_object(classid, objid, 0) as name,
       classid = 'pg_class'::regclass and objid = any (:'relations'::regclass[]) as chosen
from gone
