-- What an administrator of the source does for Caravan's role, once for each database; again and again without harm. Two
-- functions, so that it can be repeated from inside the database when tables have come. They return what they changed, and
-- which tables they left out of the publication, because PostgreSQL would refuse UPDATE and DELETE on them from then on.
-- As it stands in the project, psql gives it its values, such as these of an example:
--   psql -v role=reader -v publication=example -v include='^(shop\..*)$' -v exclude='^$' -f prepare-source.sql
-- What 'prepare-source --sql' prints has the values of the settings already, below: psql -f is all it needs.

-- Usage of the schemas, select on the chosen tables (on later ones of these schemas too), and a publication of just them.
create or replace function public.setup_debezium_schema_permissions(
    replication_role text default :'role',
    publication      text default :'publication',
    include          text default :'include',
    exclude          text default :'exclude')
returns setof text language plpgsql set search_path = pg_catalog as $body$
declare
    -- 18 refuses UPDATE and DELETE under REPLICA IDENTITY FULL while a generated column is not published
    since18 constant boolean := current_setting('server_version_num')::int >= 180000;
    options constant text := '(publish = ''insert, update, delete, truncate'', publish_via_partition_root = true'
                             || case when since18 then ', publish_generated_columns = stored)' else ')' end;
    chosen  oid[] := array(
        select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and c.relpersistence = 'p' and not c.relispartition
          and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'caravan')
          and not exists (select from pg_depend d
                          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
          and n.nspname || '.' || c.relname ~ include and n.nspname || '.' || c.relname !~ exclude
        order by 1);
    -- of these and their partitions, those whose rows PostgreSQL can tell apart once they are published (RelationGetReplicaIndex)
    unknown oid[] := array(
        select c.oid
        from unnest(chosen) c(oid)
        cross join lateral (select c.oid union select t.relid from pg_partition_tree(c.oid) t where t.isleaf) l(oid)
        join pg_class r on r.oid = l.oid
        where r.relkind = 'r' and not case r.relreplident
            when 'f' then not exists (select from pg_attribute a where a.attrelid = l.oid and a.attgenerated = 'v')
            when 'n' then false
            else exists (select from pg_index i
                         where i.indrelid = l.oid and i.indimmediate
                           and case r.relreplident when 'i' then i.indisreplident else i.indisprimary end) end);
    parts   oid[] := array(select t.relid from unnest(chosen) c(oid) cross join lateral pg_partition_tree(c.oid) t);
    -- whose values are needed at the cut-over: those of the tables' columns and defaults, and those of their schemas that no column owns
    numbers oid[] := array(
        select s.oid
        from pg_class s
        left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.refclassid = 'pg_class'::regclass
                             and d.deptype in ('a', 'i')
        where s.relkind = 'S'
          and (d.refobjid = any (chosen || parts)
               or d.refobjid is null and s.relnamespace in (select relnamespace from pg_class where oid = any (chosen || parts))
               or s.oid in (select u.refobjid from pg_attrdef f
                            join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = f.oid
                                            and u.refclassid = 'pg_class'::regclass
                            where f.adrelid = any (chosen || parts))));
    command text;
begin
    for command in
        select format('grant usage on schema %I to %I', n.nspname, replication_role)
        from pg_namespace n
        where n.oid in (select relnamespace from pg_class where oid = any (chosen || parts || numbers))
          and not has_schema_privilege(replication_role, n.oid, 'usage')
        union all
        select format('grant select on table %I.%I to %I', n.nspname, c.relname, replication_role)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        -- pg_dump locks partitions too, each by itself
        where c.oid = any (chosen || parts) and not has_table_privilege(replication_role, c.oid, 'select')
        union all
        select format('grant select on sequence %I.%I to %I', n.nspname, s.relname, replication_role)
        from pg_class s join pg_namespace n on n.oid = s.relnamespace
        where s.oid = any (numbers)
          -- case, because PostgreSQL may ask for the privilege first, which fails for what is no sequence
          and case when s.relkind = 'S' then not has_sequence_privilege(replication_role, s.oid, 'select') else false end
        union all
        select distinct format('alter default privileges for role %I in schema %I grant select on %s to %I',
                               o.rolname, n.nspname, k.kind, replication_role)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner,
             (values ('r', 'tables'), ('S', 'sequences')) k (letter, kind)
        where c.oid = any (chosen)
          and not exists (select from pg_default_acl a, aclexplode(a.defaclacl) e
                          where a.defaclrole = c.relowner and a.defaclnamespace = n.oid and a.defaclobjtype = k.letter::"char"
                            and e.grantee = quote_ident(replication_role)::regrole and e.privilege_type = 'SELECT')
        union all
        select format('create publication %I with %s', publication, options)
        where not exists (select from pg_publication p where p.pubname = publication)
    loop
        execute command;
        return next command;
    end loop;

    -- Where policies would hide rows from the role, the copy fails. The slot shows it every row anyhow.
    for command in
        select distinct format('alter role %I bypassrls', replication_role)
        from pg_class c join pg_roles r on r.rolname = replication_role
        where c.oid = any (chosen || parts) and c.relrowsecurity and not (r.rolsuper or r.rolbypassrls)
          and not (pg_has_role(r.oid, c.relowner, 'usage') and not c.relforcerowsecurity)
    loop
        begin
            execute command;
            return next command;
        exception when insufficient_privilege then -- not every administrator may
            return next format('not done: %s. %s', command, sqlerrm);
        end;
    end loop;

    for command in
        select format('alter publication %I set %s', publication, options)
        from pg_publication p
        where p.pubname = publication
          and (not (pubinsert and pubupdate and pubdelete and pubtruncate and pubviaroot)
               or since18 and to_jsonb(p) ->> 'pubgencols' <> 's')
        union all
        select format('alter publication %I %s table only %I.%I', publication,
                      case when r.oid is null then 'add' else 'drop' end, n.nspname, c.relname)
        from pg_publication p
        cross join pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid
        where p.pubname = publication and not p.puballtables
          and case when r.oid is null then c.oid = any (chosen) and c.oid <> all (unknown) else c.oid <> all (chosen) end
    loop
        execute command;
        return next command;
    end loop;

    -- Its owner can add tables that come. PostgreSQL asks of who is no superuser to be a member of the role, and of the role that
    -- it may create in the database.
    for command in
        select format('alter publication %I owner to %I', publication, replication_role)
        from pg_publication p
        where p.pubname = publication and p.pubowner <> quote_ident(replication_role)::regrole and not p.puballtables
    loop
        begin
            execute command;
            return next command;
        exception when insufficient_privilege then
            return next format('not done: %s. %s', command, sqlerrm);
        end;
    end loop;

    return query
        select format('left out: %I.%I, whose replica identity tells no rows apart. Run ALTER TABLE %1$I.%2$I REPLICA IDENTITY FULL,'
                      || ' of its partitions too, and this again', n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_publication p on p.pubname = publication
        left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid
        where c.oid = any (unknown) and r.oid is null and not p.puballtables
        order by n.nspname, c.relname;
end
$body$;

-- The role, where it is missing, with no more rights than these; then what it needs in this database.
create or replace function public.setup_debezium_for_database(db_name text, replication_role text default :'role')
returns setof text language plpgsql set search_path = pg_catalog as $body$
declare
    -- Amazon RDS has no superuser, who alone could give the attribute, and a role in its place
    rds     constant boolean := exists (select from pg_roles where rolname = 'rds_replication');
    rights  constant text := case when rds then 'login' else 'login replication' end;
    command text;
begin
    for command in
        select format('create role %I %s', replication_role, rights)
        where not exists (select from pg_roles where rolname = replication_role)
        union all
        select format('alter role %I %s', replication_role, rights)
        from pg_roles where rolname = replication_role and not (rolcanlogin and (rolreplication or rds)) and not rolsuper
        union all
        select format('grant rds_replication to %I', replication_role)
        where rds and not exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles o on o.oid = m.member
                                  where r.rolname = 'rds_replication' and o.rolname = replication_role)
        union all
        select format('grant connect on database %I to %I', db_name, replication_role)
        where not exists (select from pg_database d, aclexplode(d.datacl) a join pg_roles r on r.oid = a.grantee
                          where d.datname = db_name and r.rolname = replication_role and a.privilege_type = 'CONNECT')
    loop
        execute command;
        return next command;
    end loop;
    if db_name = current_database() then
        return query select public.setup_debezium_schema_permissions(replication_role);
    else
        return next format('In database %I run this file too; its tables cannot be seen from here.', db_name);
    end if;
end
$body$;

revoke execute on function public.setup_debezium_for_database(text, text) from public;
revoke execute on function public.setup_debezium_schema_permissions(text, text, text, text) from public;

select public.setup_debezium_for_database(current_database());
