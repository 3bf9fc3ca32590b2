-- The sequence of a column, else the one of that name; no row when the target has neither.
select format('%I.%I', n.nspname, c.relname) as sequence
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S'
  and c.oid = coalesce(
        case when to_regclass(:'owner') is not null and exists (
                  select from pg_attribute a where a.attrelid = to_regclass(:'owner') and a.attname = :'column' and not a.attisdropped)
             then pg_get_serial_sequence(:'owner', :'column')::regclass end,
        to_regclass(:'name'))
