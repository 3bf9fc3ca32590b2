-- Whether a table or one of its partitions has another file than in this transaction's snapshot: since then it was truncated, or rewritten
-- by ALTER TABLE, and the snapshot has no rows of it to see. The catalogue is read in the snapshot, the function tells the present.
-- psql -v table=public.devices -f rewritten-since.sql
select exists (select
               from (select to_regclass(:'table') as oid union select relid from pg_partition_tree(to_regclass(:'table'))) t
               join pg_class c on c.oid = t.oid
               where c.relkind <> 'p' and c.relfilenode is distinct from pg_relation_filenode(c.oid)::oid) as rewritten
