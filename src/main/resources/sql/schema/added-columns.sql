-- A table's columns as ADD COLUMN wants them, and what rows hold that are older than the column: the value that PostgreSQL keeps for
-- them (pg_attribute.attmissingval) where all files of the table have the same; fixed: nothing in the default can come to
-- another value elsewhere or later. NOT NULL is left out where the target's rows could not have it at once.
with recursive tree(oid) as (
    select to_regclass(:'table')::oid
    union all
    select i.inhrelid from tree t join pg_class p on p.oid = t.oid and p.relkind = 'p' join pg_inherits i on i.inhparent = t.oid
)
select a.attname as name,
       format_type(a.atttypid, a.atttypmod) as type,
       concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
           'COLLATE ' || (select format('%I.%I', n.nspname, l.collname)
                          from pg_collation l join pg_namespace n on n.oid = l.collnamespace join pg_type t on t.oid = a.atttypid
                          where l.oid = a.attcollation and l.oid <> t.typcollation),
           case when a.attgenerated <> '' then format('GENERATED ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid),
                                                     case a.attgenerated when 's' then 'STORED' else 'VIRTUAL' end)
                when d.oid is not null then 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) end,
           'GENERATED ' || case a.attidentity when 'a' then 'ALWAYS' when 'd' then 'BY DEFAULT' end || ' AS IDENTITY',
           case when a.attnotnull and (d.oid is not null or a.attidentity <> '') then 'NOT NULL' end) as definition,
       a.attgenerated <> '' as computed,
       d.oid is null and not a.attnotnull and old.kept = 0 as plain,
       case when old.kept = old.files and old.kinds = 1 then old.value end as value,
       case when not exists (select from regexp_matches(d.adbin::text, '\{([A-Z]+)', 'g') as node(tag)
                             where tag[1] not in ('CONST', 'FUNCEXPR', 'OPEXPR', 'RELABELTYPE'))
             and not exists (select from regexp_matches(d.adbin::text, ':(opfuncid|funcid) ([0-9]+)', 'g') as called(id)
                             join pg_proc p on p.oid = id[2]::oid where p.provolatile <> 'i')
            then pg_get_expr(d.adbin, d.adrelid) end as fixed
from pg_attribute a
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
cross join lateral (
    select count(*) as files, count(*) filter (where o.atthasmissing) as kept, count(distinct o.attmissingval::text) as kinds,
           min((o.attmissingval::text::text[])[1]) as value
    from tree t
    join pg_class c on c.oid = t.oid and c.relkind = 'r'
    join pg_attribute o on o.attrelid = c.oid and o.attname = a.attname and not o.attisdropped
) old
where a.attrelid = to_regclass(:'table') and a.attnum > 0 and not a.attisdropped
order by a.attnum
