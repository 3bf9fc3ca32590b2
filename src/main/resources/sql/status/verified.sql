-- The last verification of each table, taken together.
select bool_and(equal) as equal, sum(source_rows)::bigint as rows,
       to_char(min(verified_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
       case when count(*) = count(verified_through) then min(verified_through)::text end as through
from (select distinct on (table_name) equal, source_rows, verified_at, verified_through
      from caravan.verification where pipeline = ? order by table_name, id desc) last
