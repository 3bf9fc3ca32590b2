-- Which of the named tables a database has.
select position
from unnest(:'tables'::text[]) with ordinality as t(name, position)
where to_regclass(t.name) is not null
order by position
