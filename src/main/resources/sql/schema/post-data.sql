-- What is made after the rows. Kinds in this order, each after the one before it is complete:
-- INDEX (also the index of a primary key or unique constraint, which is thereby built beside the others instead of under an
-- exclusive lock), CONSTRAINT, PARTITIONED (on partitioned tables, lowest level first: it adopts the partitions' indexes,
-- which keep their names), CHECK, STATISTICS, REPLICA_IDENTITY.
with recursive tree(oid, depth) as (
    select unnest(:'relations'::regclass[])::oid, 0
    union
    select i.inhrelid, tree.depth + 1 from tree join pg_inherits i on i.inhparent = tree.oid
),
relation as (
    select c.oid, c.relkind, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) as name, max(t.depth) as depth
    from tree t
    join pg_class c on c.oid = t.oid
    join pg_namespace n on n.oid = c.relnamespace
    where c.oid = any (:'relations'::regclass[])
    group by c.oid, c.relkind, n.nspname, c.relname
),
index as (
    select r.*, i.relname as index, x.indexrelid, x.indisunique, x.indisreplident, pg_get_indexdef(x.indexrelid) as definition,
           k.oid as conoid, k.conname, k.contype, k.condeferrable, k.condeferred,
           -- Exclusion constraints and WITHOUT OVERLAPS (PostgreSQL 18) cannot adopt an index.
           coalesce(k.contype = 'x' or (to_jsonb(k) ->> 'conperiod')::boolean, false) as builds_its_own
    from relation r
    join pg_index x on x.indrelid = r.oid and x.indisvalid
    join pg_class i on i.oid = x.indexrelid
    left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = r.oid and k.contype in ('p', 'u', 'x')
),
post(kind, nspname, relname, name, sql, depth) as (
    select 'INDEX', nspname, relname, index, concat_ws(E';\n', definition,
               format('COMMENT ON INDEX %I.%I IS ', nspname, index)
                   || quote_literal(obj_description(indexrelid, 'pg_class'))), 0
    from index where relkind = 'r' and not builds_its_own
    union all
    select case relkind when 'p' then 'PARTITIONED_CONSTRAINT' else 'CONSTRAINT' end, nspname, relname, conname,
           concat_ws(E';\n',
               format('ALTER TABLE %s%s ADD CONSTRAINT %I ', case relkind when 'p' then '' else 'ONLY ' end, name, conname)
               || case when relkind = 'p' or builds_its_own then pg_get_constraintdef(conoid)
                       else format('%s USING INDEX %I%s%s', case contype when 'p' then 'PRIMARY KEY' else 'UNIQUE' end, index,
                                   case when condeferrable then ' DEFERRABLE' else '' end,
                                   case when condeferred then ' INITIALLY DEFERRED' else '' end) end,
               format('COMMENT ON CONSTRAINT %I ON %s IS ', conname, name)
                   || quote_literal(obj_description(conoid, 'pg_constraint'))), depth
    from index where conoid is not null
    union all
    select 'PARTITIONED_INDEX', nspname, relname, index, concat_ws(E';\n',
               -- The server writes ON ONLY; without ONLY the partitions' equal indexes are adopted, or made where absent.
               format('CREATE %sINDEX %I ON ', uniqueness, index)
               || substr(definition, length(format('CREATE %sINDEX %I ON ONLY ', uniqueness, index)) + 1),
               format('COMMENT ON INDEX %I.%I IS ', nspname, index)
                   || quote_literal(obj_description(indexrelid, 'pg_class'))), depth
    from index
    cross join lateral (select case when indisunique then 'UNIQUE ' else '' end as uniqueness) u
    where relkind = 'p' and conoid is null
    union all
    -- Also those that were made with the table: pg_dump puts some off (to end a circle with a function), and what exists is
    -- not made again.
    select 'CHECK', r.nspname, r.relname, k.conname, concat_ws(E';\n',
               format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.name, k.conname, pg_get_constraintdef(k.oid)),
               format('COMMENT ON CONSTRAINT %I ON %s IS ', k.conname, r.name)
                   || quote_literal(obj_description(k.oid, 'pg_constraint'))), 0
    from relation r
    join pg_constraint k on k.conrelid = r.oid and (k.contype = 'c' or k.contype = 'n' and not k.convalidated)
    where k.conislocal or not exists (
        select from pg_inherits i where i.inhrelid = r.oid and i.inhparent = any (:'relations'::regclass[]))
    union all
    select 'STATISTICS', sn.nspname, r.relname, s.stxname, pg_get_statisticsobjdef(s.oid), 0
    from relation r
    join pg_statistic_ext s on s.stxrelid = r.oid
    join pg_namespace sn on sn.oid = s.stxnamespace
    union all
    select 'REPLICA_IDENTITY', nspname, relname, index,
           format('ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %I', name, index), 0
    from index where indisreplident and exists (select from pg_class c where c.oid = index.oid and c.relreplident = 'i')
)
select kind, nspname, relname, name, sql from post order by kind, depth desc, nspname, relname, name
