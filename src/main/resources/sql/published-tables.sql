-- The tables of a publication, by themselves, by schema or with all others; roots in place of partitions, as
-- publish_via_partition_root has it. Unlike pg_publication_tables (pg_publication.c, pg_get_publication_tables) it asks for no
-- lock of a table, so it does not wait for who has one for himself.
with published as (
    select r.prrelid as relid
    from pg_publication p
    join pg_publication_rel r on r.prpubid = p.oid
    where p.pubname = :'publication'
    union
    select c.oid
    from pg_publication p
    join pg_publication_namespace r on r.pnpubid = p.oid
    join pg_class c on c.relnamespace = r.pnnspid and c.relkind in ('r', 'p') and c.relpersistence = 'p'
    where p.pubname = :'publication'
    union
    select c.oid
    from pg_publication p, pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where p.pubname = :'publication' and p.puballtables and c.relkind in ('r', 'p') and c.relpersistence = 'p'
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
)
select n.nspname as schema_name, c.relname as table_name
from published
join pg_class c on c.oid = published.relid
join pg_namespace n on n.oid = c.relnamespace
where not exists (
    select from pg_partition_ancestors(c.oid) ancestor
    join published root on root.relid = ancestor.relid
    where ancestor.relid <> c.oid)
