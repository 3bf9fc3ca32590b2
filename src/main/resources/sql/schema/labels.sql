-- The enums that a table's columns are made of, also inside arrays, domains, composites and ranges, one row per label in
-- order. A label keeps its id when it is renamed.
-- psql -v table='public.devices' -f labels.sql
with recursive used(oid) as (
    select atttypid from pg_attribute
    where attrelid = to_regclass(:'table') and attnum > 0 and not attisdropped
    union
    select x.oid
    from used u
    join pg_type t on t.oid = u.oid
    cross join lateral (
        select t.typelem union all
        select t.typbasetype union all
        select atttypid from pg_attribute where attrelid = t.typrelid and attnum > 0 and not attisdropped union all
        select rngsubtype from pg_range where t.oid in (rngtypid, rngmultitypid)
    ) x(oid)
    where x.oid <> 0
)
select format('%I.%I', n.nspname, t.typname) as type, e.oid::text as id, e.enumlabel as label
from used u
join pg_type t on t.oid = u.oid and t.typtype = 'e'
join pg_namespace n on n.oid = t.typnamespace
join pg_enum e on e.enumtypid = t.oid
order by type, e.enumsortorder
