-- Pipelines that write into any of these tables of this database and have not been cut over, with the server that each comes from.
select guard.pipeline, guard.detail::jsonb ->> 'systemIdentifier' as system_identifier
from caravan.bootstrap guard
where guard.table_name = 'guard'
  and not exists (select from caravan.bootstrap ended
                  where ended.pipeline = guard.pipeline and ended.table_name = 'cutover')
  and exists (select from caravan.bootstrap written
              where written.pipeline = guard.pipeline and written.step <> 'left' and written.table_name = any (:'tables'::text[]))
order by 1
