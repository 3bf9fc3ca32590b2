-- What this session's role may not do with these tables (schemas and tables: two arrays of names) and their partitions.
-- psql -v schemas='{public}' -v tables='{devices}' -v privileges='{select}' -f table-rights.sql
-- pg_partition_tree would wait for whoever has a partition for himself.
with recursive part (root, oid) as (
    select c.oid, c.oid
    from unnest(:'schemas'::text[], :'tables'::text[]) as x(schema_name, table_name)
    join pg_namespace n on n.nspname = x.schema_name
    join pg_class c on c.relnamespace = n.oid and c.relname = x.table_name
    union
    select b.root, i.inhrelid from part b join pg_class c on c.oid = b.oid and c.relkind = 'p' join pg_inherits i on i.inhparent = c.oid
)
select n.nspname                                 as schema_name,
       c.relname                                 as table_name,
       rn.nspname                                as relation_schema,
       r.relname                                 as relation_name,
       has_schema_privilege(rn.oid, 'usage')     as open,
       (select string_agg(upper(p), ', ') from unnest(:'privileges'::text[]) p where not has_table_privilege(r.oid, p)) as missing,
       row_security_active(r.oid)                as filtered,
       r.relforcerowsecurity                     as forced
from part p
join pg_class c on c.oid = p.root
join pg_namespace n on n.oid = c.relnamespace
join pg_class r on r.oid = p.oid
join pg_namespace rn on rn.oid = r.relnamespace
order by 1, 2, r.oid <> c.oid, 3, 4
