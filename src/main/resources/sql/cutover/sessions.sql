-- Ordinary sessions of this database that could write.
select format('process %s, user %s, application %s, from %s', a.pid, a.usename,
              coalesce(nullif(a.application_name, ''), '(no name)'), coalesce(host(a.client_addr), 'the server itself')) as session
from pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
  and a.application_name <> 'caravan' and a.application_name not like 'Debezium%'
order by a.pid
