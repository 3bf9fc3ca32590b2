-- What the schemas of the chosen tables hold besides, and the catalogue copier leaves behind; one readable line each.
-- objects: what was found to be needed (needed.sql), and so is carried.
with
relation as (
    select c.oid, c.relnamespace, c.relkind, c.relacl, c.reltablespace, c.relrowsecurity, format('%s.%s', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = any (:'relations'::regclass[])
),
space as (select distinct n.oid, n.nspname from relation r join pg_namespace n on n.oid = r.relnamespace),
member as (select classid, objid from pg_depend where deptype = 'e')
select line from (
    select 1, case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'f' then 'foreign table ' end
              || s.nspname || '.' || c.relname
    from pg_class c join space s on s.oid = c.relnamespace
    where c.relkind in ('v', 'm', 'f')
      and not exists (select from member where classid = 'pg_class'::regclass and objid = c.oid)
    union all
    select 2, case p.prokind when 'a' then 'aggregate ' when 'p' then 'procedure ' else 'function ' end
              || s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
    from pg_proc p join space s on s.oid = p.pronamespace
    where p.oid <> all (:'objects'::oid[])
      and not exists (select from member where classid = 'pg_proc'::regclass and objid = p.oid)
    union all
    select 3, 'type ' || s.nspname || '.' || t.typname
    from pg_type t join space s on s.oid = t.typnamespace
    where t.oid <> all (:'objects'::oid[]) and t.typtype in ('e', 'd', 'r', 'c', 'b') and t.typelem = 0
      and not exists (select from pg_class c where c.oid = t.typrelid and c.relkind <> 'c')
      and not exists (select from member where classid = 'pg_type'::regclass and objid = t.oid)
    union all
    select 4, 'trigger ' || t.tgname || ' on ' || r.name
    from pg_trigger t join relation r on r.oid = t.tgrelid where not t.tgisinternal
    union all
    select 5, 'rule ' || w.rulename || ' on ' || r.name
    from pg_rewrite w join relation r on r.oid = w.ev_class where w.rulename <> '_RETURN'
    union all
    select 6, 'policy ' || p.polname || ' on ' || r.name from pg_policy p join relation r on r.oid = p.polrelid
    union all
    select 7, 'row level security of ' || name from relation where relrowsecurity
    union all
    select 8, 'event trigger ' || evtname from pg_event_trigger t
    where not exists (select from member where classid = 'pg_event_trigger'::regclass and objid = t.oid)
    union all
    select 9, 'text search configuration ' || s.nspname || '.' || c.cfgname
    from pg_ts_config c join space s on s.oid = c.cfgnamespace
    where not exists (select from member where classid = 'pg_ts_config'::regclass and objid = c.oid)
    union all
    select 10, 'operator ' || o.oid::regoperator::text
    from pg_operator o join space s on s.oid = o.oprnamespace
    where not exists (select from member where classid = 'pg_operator'::regclass and objid = o.oid)
    union all
    select 11, 'partition ' || n.nspname || '.' || c.relname || ', which is a foreign table'
    from relation r
    join pg_inherits i on i.inhparent = r.oid
    join pg_class c on c.oid = i.inhrelid and c.relkind = 'f'
    join pg_namespace n on n.oid = c.relnamespace
    where r.relkind = 'p'
    union all
    select 12, 'parent ' || i.inhparent::regclass || ' of ' || r.name || ', which is not chosen; its columns are carried'
    from relation r
    join pg_class c on c.oid = r.oid and not c.relispartition
    join pg_inherits i on i.inhrelid = r.oid and i.inhparent <> all (select oid from relation)
    union all
    select 13, 'constraint ' || k.conname || ' of domain ' || k.contypid::regtype || ', which is not validated'
    from pg_constraint k
    where k.contypid = any (:'objects'::oid[]) and k.contype = 'c' and not k.convalidated
    union all
    select 14, 'index ' || i.relname || ' on ' || r.name || ', which is invalid on the source'
    from pg_index x join relation r on r.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
    where not x.indisvalid
    union all
    select 15, format('tablespaces of %s tables', count(*)) from relation where reltablespace <> 0 having count(*) > 0
    union all
    select 16, format('grants on %s tables', count(*)) from relation where relacl is not null having count(*) > 0
) found(position, line)
order by position, line
