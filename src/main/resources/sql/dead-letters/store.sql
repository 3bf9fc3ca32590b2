insert into caravan.dead_letter
    (pipeline, topic, partition, "offset", table_name, keys, op, state, source_lsn, event, sqlstate, error)
values (:#pipeline, :#topic, :#partition, :#offset, :#table, cast(:#keys as jsonb), :#op, :#state, cast(:#lsn as pg_lsn),
        :#event, :#sqlstate, :#error)
on conflict (pipeline, topic, partition, "offset") do nothing
