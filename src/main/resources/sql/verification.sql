-- Keeps what the comparison of a table found. verified_through is the source's position at which the target was last found equal;
-- results that are older than a month are let go.
with result (pipeline, table_name, source_rows, target_rows, equal, differences, source_lsn) as (
    values (?, ?, ?::bigint, ?::bigint, ?::boolean, ?::bigint, ?::pg_lsn)
),
outdated as (
    delete from caravan.verification v using result r
    where v.pipeline = r.pipeline and v.table_name = r.table_name and v.verified_at < now() - interval '1 month'
)
insert into caravan.verification
       (pipeline, table_name, source_rows, target_rows, equal, differences, source_lsn, verified_through)
select r.*,
       case when r.equal then r.source_lsn
            else (select v.verified_through from caravan.verification v
                  where v.pipeline = r.pipeline and v.table_name = r.table_name
                  order by v.id desc limit 1)
       end
from result r
