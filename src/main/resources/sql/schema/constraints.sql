-- The indexes and constraints of the chosen tables, which are always made by post-data.sql and foreign-keys.sql.
select 'pg_class'::regclass::oid as classid, indexrelid as objid from pg_index where indrelid = any (:'relations'::regclass[])
union all
select 'pg_constraint'::regclass, oid from pg_constraint where conrelid = any (:'relations'::regclass[])
union all
select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext where stxrelid = any (:'relations'::regclass[])
