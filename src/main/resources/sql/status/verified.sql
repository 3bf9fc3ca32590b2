-- The last verification of each table, taken together. What was found before the table was copied again says nothing of it now,
-- and what was found of a table that is none of the pipeline's any more is never looked at again.
select bool_and(equal) as equal, sum(source_rows)::bigint as rows,
       to_char(min(verified_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
       case when count(*) = count(verified_through) then min(verified_through)::text end as through,
       coalesce(array_agg(table_name order by table_name) filter (where not equal), '{}') as different
from (select distinct on (v.table_name) v.table_name, v.source_rows, v.verified_at, v.verified_through,
             v.equal or coalesce(b.copied_lsn >= v.source_lsn, false) as equal
      from caravan.verification v
      left join caravan.bootstrap b on b.pipeline = v.pipeline and b.table_name = v.table_name
      where v.pipeline = ? and b.step is distinct from 'left'
      order by v.table_name, v.id desc) last
