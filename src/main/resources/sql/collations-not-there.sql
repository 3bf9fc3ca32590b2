-- Those of the collations, named as quote_ident does, that the server does not have for this database's encoding.
select c.name
from unnest(:'collations'::text[]) as c(name)
where to_regcollation('pg_catalog.' || c.name) is null
