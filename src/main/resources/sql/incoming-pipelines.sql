-- Pipelines that write into this database and have not been cut over, with the server that each comes from.
select guard.pipeline, guard.detail::jsonb ->> 'systemIdentifier' as system_identifier
from caravan.bootstrap guard
where guard.table_name = 'guard'
  and not exists (select from caravan.bootstrap ended
                  where ended.pipeline = guard.pipeline and ended.table_name = 'cutover')
order by 1
