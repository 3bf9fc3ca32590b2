-- Enums, composites, ranges and domains. A domain's constraint that is not validated is left out here (not-carried.sql names
-- it): rows older than it may break it.
select t.oid,
       case t.typtype
           when 'e' then format('CREATE TYPE %s AS ENUM (%s)', name, (
               select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder)
               from pg_enum where enumtypid = t.oid))
           when 'c' then format('CREATE TYPE %s AS (%s)', name, (
               select string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                      'COLLATE ' || (select format('%I.%I', ln.nspname, l.collname)
                                     from pg_collation l
                                     join pg_namespace ln on ln.oid = l.collnamespace
                                     join pg_type y on y.oid = a.atttypid and y.typcollation <> l.oid
                                     where l.oid = a.attcollation)), ', ' order by a.attnum)
               from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped))
           when 'r' then (
               select format('CREATE TYPE %s AS RANGE (%s)', name, concat_ws(', ',
                      'SUBTYPE = ' || format_type(r.rngsubtype, null),
                      'SUBTYPE_OPCLASS = ' || (select format('%I.%I', ocn.nspname, oc.opcname)
                          from pg_opclass oc join pg_namespace ocn on ocn.oid = oc.opcnamespace
                          where oc.oid = r.rngsubopc),
                      'COLLATION = ' || (select format('%I.%I', ln.nspname, l.collname)
                          from pg_collation l join pg_namespace ln on ln.oid = l.collnamespace
                          where l.oid = r.rngcollation),
                      'SUBTYPE_DIFF = ' || nullif(r.rngsubdiff::oid, 0)::regproc::text,
                      'MULTIRANGE_TYPE_NAME = ' || (select format('%I.%I', mn.nspname, m.typname)
                          from pg_type m join pg_namespace mn on mn.oid = m.typnamespace
                          where m.oid = (to_jsonb(r) ->> 'rngmultitypid')::oid)))
               from pg_range r where r.rngtypid = t.oid)
           when 'd' then concat_ws(' ',
               format('CREATE DOMAIN %s AS %s', name, format_type(t.typbasetype, t.typtypmod)),
               'COLLATE ' || (select format('%I.%I', ln.nspname, l.collname)
                              from pg_collation l
                              join pg_namespace ln on ln.oid = l.collnamespace
                              join pg_type y on y.oid = t.typbasetype and y.typcollation <> l.oid
                              where l.oid = t.typcollation),
               'DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
               case when t.typnotnull then 'NOT NULL' end,
               (select string_agg(format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), ' ' order by k.conname)
                from pg_constraint k where k.contypid = t.oid and k.contype = 'c' and k.convalidated))
       end as sql
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
cross join lateral format('%I.%I', n.nspname, t.typname) name
where t.oid = any (:'objects'::oid[])
  and t.typtype in ('e', 'c', 'r', 'd')
