-- The last verification of each table, taken together.
select bool_and(equal) as equal, sum(source_rows)::bigint as rows,
       to_char(min(verified_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
from (select distinct on (table_name) equal, source_rows, verified_at
      from caravan.verification where pipeline = ? order by table_name, id desc) last
