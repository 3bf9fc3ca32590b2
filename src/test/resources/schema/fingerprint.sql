-- The tables of a database in PostgreSQL's own words, one line per fact, the same for the same schema in any database.
select line from (
    select format('relation %s %s persistence %s options %s replica identity %s partition %s %s inherits %s am %s comment %s', c.oid::regclass, c.relkind, c.relpersistence,
                  c.reloptions, c.relreplident, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
                  (select array_agg(i.inhparent::regclass order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
                  (select amname from pg_am where oid = c.relam), obj_description(c.oid, 'pg_class')) as line
    from pg_class c where c.oid = any (:'relations'::regclass[])
    union all
    select format('column %s %s %s %s collation %s not null %s default %s identity %s generated %s local %s inherited %s storage %s%s options %s stats %s comment %s', a.attrelid::regclass,
                  row_number() over (partition by a.attrelid order by a.attnum), a.attname,
                  format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, a.attnotnull,
                  (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = attrelid and adnum = attnum),
                  a.attidentity, a.attgenerated, a.attislocal, a.attinhcount, a.attstorage, a.attcompression, (select array_agg(o) from unnest(a.attoptions) o where o !~ '^pg_attver='),
                  nullif(a.attstattarget, -1), col_description(a.attrelid, a.attnum))
    from pg_attribute a where a.attrelid = any (:'relations'::regclass[]) and a.attnum > 0 and not a.attisdropped
    union all
    select format('constraint %s %s %s local %s inherited %s validated %s deferrable %s%s comment %s', k.conrelid::regclass, k.conname,
                  pg_get_constraintdef(k.oid), k.conislocal, k.coninhcount, k.convalidated, k.condeferrable, k.condeferred,
                  obj_description(k.oid, 'pg_constraint'))
    from pg_constraint k where k.conrelid = any (:'relations'::regclass[])
      -- Rows of the server's own for the partitions on the referenced side; their names are not the user's.
      and not (k.contype = 'f' and k.conparentid <> 0)
    union all
    select format('index %s of %s attached to %s constraint %s replica identity %s valid %s comment %s', pg_get_indexdef(x.indexrelid), x.indrelid::regclass,
                  (select i.inhparent::regclass from pg_inherits i where i.inhrelid = x.indexrelid),
                  (select conname from pg_constraint where conindid = x.indexrelid and conrelid = x.indrelid and contype in ('p', 'u', 'x')),
                  x.indisreplident, x.indisvalid, obj_description(x.indexrelid, 'pg_class'))
    from pg_index x where x.indrelid = any (:'relations'::regclass[])
    union all
    select format('statistics %s', pg_get_statisticsobjdef(oid)) from pg_statistic_ext where stxrelid = any (:'relations'::regclass[])
    union all
    select format('sequence %s %s persistence %s owned by %s', s.seqrelid::regclass,
                  (to_jsonb(s) - 'seqrelid'), c.relpersistence,
                  (select format('%s %s', d.deptype, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)) from pg_depend d
                   where d.objid = s.seqrelid and d.deptype in ('a', 'i') and d.refclassid = 'pg_class'::regclass))
    from pg_sequence s join pg_class c on c.oid = s.seqrelid
    union all
    select format('type %s %s base %s not null %s default %s collation %s %s %s %s %s comment %s', t.oid::regtype, t.typtype, format_type(t.typbasetype, t.typtypmod), t.typnotnull, pg_get_expr(t.typdefaultbin, 0),
                  t.typcollation::regcollation,
                  (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid),
                  (select string_agg(conname || pg_get_constraintdef(oid), ',' order by conname) from pg_constraint where contypid = t.oid and contype = 'c'),
                  (select string_agg(format('%s %s %s', attname, format_type(atttypid, atttypmod), attcollation::regcollation), ',' order by attnum)
                   from pg_attribute where attrelid = t.typrelid and attnum > 0),
                  (select format('%s %s %s %s', rngsubtype::regtype, rngsubdiff, rngcollation::regcollation, rngmultitypid::regtype) from pg_range where rngtypid = t.oid),
                  obj_description(t.oid, 'pg_type'))
    from pg_type t left join pg_class c on c.oid = t.typrelid
    where t.typtype in ('e', 'd', 'r', 'c') and t.oid >= 16384 and coalesce(c.relkind, 'c') = 'c'
    union all
    select format('collation %s %s', collname, to_jsonb(l) - 'oid' - 'collnamespace' - 'collowner' - 'collversion')
    from pg_collation l where oid >= 16384
    union all
    select format('extension %s in %s', extname, extnamespace::regnamespace) from pg_extension
) facts(line)
order by line collate "C"
