-- The sequences of the chosen tables and their partitions: owned by a column, used by a default, or free in one of their
-- schemas. Of an owned one also the column, because the other side may have given it another name.
-- psql -v relations='{public.devices}' -f sequences.sql
with named as ( -- one that was dropped meanwhile has none
    select to_regclass(r) as relation from unnest(:'relations'::text[]) r where to_regclass(r) is not null
),
chosen as (
    select relation::oid as oid from named
    union
    select t.relid from named, pg_partition_tree(relation) t
),
owned as (
    select d.objid as sequence, d.refobjid as relation, a.attname as column_name
    from pg_depend d
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
),
used as (
    select d.refobjid as sequence
    from pg_attrdef f
    join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
    where f.adrelid in (select oid from chosen)
)
select n.nspname                                  as schema_name,
       c.relname                                  as sequence_name,
       s.seqincrement                             as increment,
       s.seqcycle                                 as cycles,
       s.seqmin                                   as least,
       s.seqmax                                   as most,
       format_type(s.seqtypid, null)              as type,
       coalesce(o.relation in (select oid from chosen), false) or c.oid in (select sequence from used) as needed,
       case when o.relation in (select oid from chosen) then tn.nspname end as owner_schema,
       case when o.relation in (select oid from chosen) then t.relname end as owner_table,
       o.column_name                              as owner_column,
       has_schema_privilege(n.oid, 'usage')       as open,
       has_sequence_privilege(c.oid, 'select')    as readable,
       case when has_sequence_privilege(c.oid, 'select, usage') then pg_sequence_last_value(c.oid) end as last_value
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
left join owned o on o.sequence = c.oid
left join pg_class t on t.oid = o.relation
left join pg_namespace tn on tn.oid = t.relnamespace
where o.relation in (select oid from chosen)
   or c.oid in (select sequence from used)
   or (o.relation is null and c.relnamespace in (select relnamespace from pg_class where oid in (select oid from chosen)))
order by 1, 2
