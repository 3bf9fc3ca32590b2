-- Those of the extensions, named as quote_ident does, that the database has not and that this role cannot make in it.
select t.name,
       exists (select from pg_available_extensions a where quote_ident(a.name) = t.name) as available
from unnest(:'extensions'::text[]) as t(name)
where not exists (select from pg_extension e where quote_ident(e.extname) = t.name)
  and not exists (select from pg_available_extensions a
                  join pg_available_extension_versions v on v.name = a.name and v.version = a.default_version
                  where quote_ident(a.name) = t.name
                    and (v.trusted or not v.superuser or (select rolsuper from pg_roles where rolname = current_user)))
