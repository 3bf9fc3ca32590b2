-- One text that changes when a table of the list, or a partition of one, is rewritten, truncated, dropped or given other columns.
with recursive tree(oid) as (
    select to_regclass(name)::oid from unnest(:'tables'::text[]) name
    union all
    select i.inhrelid from tree t join pg_inherits i on i.inhparent = t.oid
)
select md5(coalesce(string_agg(concat_ws('|', t.oid, pg_relation_filenode(t.oid), a.columns), ',' order by t.oid), '')) as shapes
from tree t
left join lateral (select string_agg(concat_ws(':', attnum, attname, atttypid, atttypmod, attgenerated), ';' order by attnum) as columns
                   from pg_attribute
                   where attrelid = t.oid and attnum > 0 and not attisdropped) a on true
