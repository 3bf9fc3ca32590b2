-- The last verification of each table, taken together. What was found before the table was copied again says nothing of it now.
select bool_and(equal or copied_since) as equal, sum(source_rows)::bigint as rows,
       to_char(min(verified_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
       case when count(*) = count(verified_through) then min(verified_through)::text end as through
from (select distinct on (v.table_name) v.equal, v.source_rows, v.verified_at, v.verified_through,
             coalesce(b.copied_lsn >= v.source_lsn, false) as copied_since
      from caravan.verification v
      left join caravan.bootstrap b on b.pipeline = v.pipeline and b.table_name = v.table_name
      where v.pipeline = ?
      order by v.table_name, v.id desc) last
