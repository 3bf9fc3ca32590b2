-- What obeys and fires for applications that write to the chosen tables: constraints, columns that are NOT NULL, triggers, indexes.
-- definition: the text by which both sides are compared, without what either may have of its own (names of indexes, storage
-- parameters, whether old rows were checked). sql: the statement that makes it. needed: false where a target may do without it: what
-- only makes queries fast, and a foreign key to a table that was not chosen. active: false for a trigger that applications do not fire.
-- psql -v relations='{public.devices}' -f definitions.sql
with relation as (
    select c.oid, format('%I.%I', n.nspname, c.relname) as name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.oid = any (:'relations'::regclass[])
)
select 'constraint' as kind, r.name as table_name, k.conname as name,
       regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') as definition,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.name, k.conname, pg_get_constraintdef(k.oid)) as sql,
       k.contype <> 'f' or coalesce(pg_partition_root(k.confrelid)::oid, k.confrelid) in (select oid from relation) as needed,
       true as active
from relation r
join pg_constraint k on k.conrelid = r.oid and k.contype in ('p', 'u', 'x', 'f', 'c') and k.conparentid = 0
union all
select 'NOT NULL of column', r.name, a.attname, format('%I NOT NULL', a.attname),
       format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', r.name, a.attname), true, true
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull
union all
select 'trigger', r.name, t.tgname, pg_get_triggerdef(t.oid), pg_get_triggerdef(t.oid), true, t.tgenabled in ('O', 'A')
from relation r
join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
union all
select case when x.indisunique then 'unique index' else 'index' end, r.name, i.relname,
       regexp_replace(replace(replace(pg_get_indexdef(i.oid), format('INDEX %I ON ', i.relname), 'INDEX ON '), ' ON ONLY ', ' ON '),
                      ' WITH \([^()]*\)', ''),
       replace(pg_get_indexdef(i.oid), format('INDEX %I ON ONLY ', i.relname), format('INDEX %I ON ', i.relname)),
       x.indisunique, true
from relation r
join pg_index x on x.indrelid = r.oid and x.indisvalid
join pg_class i on i.oid = x.indexrelid
where not exists (select from pg_constraint k where k.conindid = i.oid and k.conrelid = r.oid and k.contype in ('p', 'u', 'x'))
order by 2, 1, 3
