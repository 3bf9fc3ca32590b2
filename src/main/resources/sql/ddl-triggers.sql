-- Event triggers that act on what makes and alters tables, but for those of extensions.
select evtname
from pg_event_trigger t
where evtenabled <> 'D' and evtevent in ('ddl_command_start', 'ddl_command_end', 'sql_drop', 'table_rewrite')
  and not exists (select from pg_depend d where d.classid = 'pg_event_trigger'::regclass and d.objid = t.oid and d.deptype = 'e')
order by 1
