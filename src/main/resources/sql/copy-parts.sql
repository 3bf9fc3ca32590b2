-- The relations that hold a table's rows, with their size in blocks: the table itself, or the partitions at the lowest level.
-- pg_inherits is read in the session's own snapshot, other than by pg_partition_tree().
with recursive tree(oid) as (
    select c.oid from pg_class c where c.oid = to_regclass(:'table')
    union all
    select i.inhrelid
    from tree t
    join pg_class p on p.oid = t.oid and p.relkind = 'p'
    join pg_inherits i on i.inhparent = t.oid
)
select n.nspname                                     as schema_name,
       c.relname                                     as table_name,
       case when m.amname = 'heap' then pg_relation_size(c.oid) / current_setting('block_size')::int
            else 0 end                               as blocks
from tree t
join pg_class c on c.oid = t.oid and c.relkind <> 'p'
join pg_namespace n on n.oid = c.relnamespace
left join pg_am m on m.oid = c.relam
order by blocks desc
