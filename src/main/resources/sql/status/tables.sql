-- Topics are named as bootstrap.TableTopics does: one _ for each of Java's chars, of which characters beyond U+FFFF have two.
-- One line per table of the pipeline: how far it is and what is wrong with it, what was copied, what was applied, how many letters wait.
select b.table_name,
       b.step,
       b.detail,
       coalesce(b.copied_rows, 0)                                     as copied_rows,
       coalesce(l.changes, 0)                                         as changes,
       to_char(l.committed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as last_change,
       (select count(*) from caravan.dead_letter d
        where d.pipeline = b.pipeline and d.table_name = b.table_name and d.state in ('rejected', 'held')) as dead_letters
from caravan.bootstrap b
left join (select pipeline, topic, sum(changes) as changes, max(committed_at) as committed_at
           from caravan.ledger group by pipeline, topic) l
       on l.pipeline = b.pipeline and l.topic = regexp_replace(regexp_replace(? || '.' || b.table_name, '[\U00010000-\U0010FFFF]', '__', 'g'), '[^A-Za-z0-9._-]', '_', 'g')
where b.pipeline = ? and b.table_name like '%.%'
order by b.table_name
