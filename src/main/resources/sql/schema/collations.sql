-- The columns differ between versions (collicurules from 16, colllocale from 17); jsonb yields null for the absent ones.
select l.oid,
       format('CREATE COLLATION %I.%I (%s)', n.nspname, l.collname, concat_ws(', ',
           'PROVIDER = ' || case l.collprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' end,
           'DETERMINISTIC = ' || case when l.collisdeterministic then 'true' else 'false' end,
           'LOCALE = ' || quote_literal(coalesce(j ->> 'colllocale', j ->> 'colliculocale',
               case when l.collprovider <> 'c' then j ->> 'collcollate' end)),
           'LC_COLLATE = ' || case when l.collprovider = 'c' then quote_literal(j ->> 'collcollate') end,
           'LC_CTYPE = ' || case when l.collprovider = 'c' then quote_literal(j ->> 'collctype') end,
           'RULES = ' || quote_literal(j ->> 'collicurules'))) as sql
from pg_collation l
join pg_namespace n on n.oid = l.collnamespace
cross join lateral to_jsonb(l) j
where l.oid = any (:'objects'::oid[])
