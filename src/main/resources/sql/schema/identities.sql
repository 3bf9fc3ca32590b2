-- Every object of a database that a schema copy may carry, by the one name that means the same in another database.
select o.classid, o.oid as objid, i.type || ' ' || i.identity as identity
from (
    select 'pg_namespace'::regclass::oid as classid, oid from pg_namespace where nspname !~ '^pg_'
    union all select 'pg_extension'::regclass, oid from pg_extension
    union all select 'pg_class'::regclass, oid from pg_class where oid >= 16384 and relkind not in ('t', 'c')
    union all select 'pg_type'::regclass, oid from pg_type where oid >= 16384
    union all select 'pg_proc'::regclass, oid from pg_proc where oid >= 16384
    union all select 'pg_collation'::regclass, oid from pg_collation where oid >= 16384
    union all select 'pg_operator'::regclass, oid from pg_operator where oid >= 16384
    union all select 'pg_opclass'::regclass, oid from pg_opclass where oid >= 16384
    union all select 'pg_opfamily'::regclass, oid from pg_opfamily where oid >= 16384
    union all select 'pg_cast'::regclass, oid from pg_cast where oid >= 16384
    union all select 'pg_conversion'::regclass, oid from pg_conversion where oid >= 16384
    union all select 'pg_language'::regclass, oid from pg_language where oid >= 16384
    union all select 'pg_ts_config'::regclass, oid from pg_ts_config where oid >= 16384
    union all select 'pg_ts_dict'::regclass, oid from pg_ts_dict where oid >= 16384
    union all select 'pg_ts_parser'::regclass, oid from pg_ts_parser where oid >= 16384
    union all select 'pg_ts_template'::regclass, oid from pg_ts_template where oid >= 16384
    union all select 'pg_foreign_data_wrapper'::regclass, oid from pg_foreign_data_wrapper
    union all select 'pg_foreign_server'::regclass, oid from pg_foreign_server
    union all select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext
    union all select 'pg_policy'::regclass, oid from pg_policy
    union all select 'pg_trigger'::regclass, oid from pg_trigger where not tgisinternal
    -- A view's own rule is the view.
    union all select 'pg_rewrite'::regclass, oid from pg_rewrite where oid >= 16384 and rulename <> '_RETURN'
) o
cross join lateral pg_identify_object(o.classid, o.oid, 0) i
where i.identity is not null
