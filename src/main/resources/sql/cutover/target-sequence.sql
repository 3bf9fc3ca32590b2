-- Of each sequence (arrays: its owner's schema, table and column, its own schema and name): that of this column here, else the one of
-- that name; no row when there is neither.
select format('%I.%I', n.nspname, c.relname) as sequence,
       n.nspname                             as schema_name,
       c.relname                             as sequence_name,
       q.seqincrement                        as increment,
       q.seqcycle                            as cycles,
       q.seqmin                              as least,
       q.seqmax                              as most,
       format_type(q.seqtypid, null)         as type,
       has_schema_privilege(n.oid, 'usage')  as open,
       has_sequence_privilege(c.oid, 'select') and has_sequence_privilege(c.oid, 'update') as settable
from unnest(:'owner_schemas'::text[], :'owner_tables'::text[], :'owner_columns'::text[], :'schemas'::text[], :'names'::text[])
     with ordinality as x(owner_schema, owner_table, owner_column, schema_name, sequence_name, position)
cross join lateral (select coalesce(
        (select s.oid
         from pg_namespace tn
         join pg_class t on t.relnamespace = tn.oid
         join pg_attribute a on a.attrelid = t.oid and not a.attisdropped
         join pg_depend d on d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
                         and d.refobjid = t.oid and d.refobjsubid = a.attnum
         join pg_class s on s.oid = d.objid and s.relkind = 'S'
         where tn.nspname = x.owner_schema and t.relname = x.owner_table and a.attname = x.owner_column
         order by s.relname <> x.sequence_name
         limit 1),
        (select s.oid
         from pg_namespace sn
         join pg_class s on s.relnamespace = sn.oid and s.relkind = 'S'
         where sn.nspname = x.schema_name and s.relname = x.sequence_name)) as oid) found
join pg_class c on c.oid = found.oid
join pg_sequence q on q.seqrelid = c.oid
join pg_namespace n on n.oid = c.relnamespace
order by x.position
