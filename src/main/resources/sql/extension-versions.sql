-- Which version of these extensions, named as quote_ident does, the database has, or would get by CREATE EXTENSION.
select t.name, coalesce(e.extversion, a.default_version) as version, e.extversion is not null as present
from unnest(:'extensions'::text[]) as t(name)
left join pg_extension e on quote_ident(e.extname) = t.name
left join pg_available_extensions a on quote_ident(a.name) = t.name
where coalesce(e.extversion, a.default_version) is not null
order by 1
