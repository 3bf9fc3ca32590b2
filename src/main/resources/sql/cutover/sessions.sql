-- Ordinary sessions of this database that could write. The kind of a process and where it comes from are hidden (NULL, as
-- backend_start is) from roles without pg_read_all_stats; who reads WAL is in pg_stat_replication then, by its number at least,
-- and the processes of autovacuum have no user.
select format('process %s, user %s, application %s', a.pid, a.usename, coalesce(nullif(a.application_name, ''), '(no name)'))
       || case when a.backend_start is null then '' else ', from ' || coalesce(host(a.client_addr), 'the server itself') end as session
from pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid()
  and case when a.backend_start is null then a.usename is not null and a.pid not in (select pid from pg_stat_replication)
           else a.backend_type = 'client backend' end
  and a.application_name <> 'caravan' and a.application_name not like 'Debezium%'
order by a.pid
