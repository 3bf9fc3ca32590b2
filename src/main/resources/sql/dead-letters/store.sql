insert into caravan.dead_letter
    (pipeline, topic, partition, "offset", table_name, key_columns, keys, blocks, op, state, source_lsn, event, record,
     headers, sqlstate, error)
values (:#pipeline, :#topic, :#partition, :#offset, :#table, cast(:#keyColumns as jsonb), cast(:#keys as jsonb),
        cast(:#blocks as bigint[]), :#op, :#state, cast(:#lsn as pg_lsn), :#event, cast(:#record as bytea),
        cast(:#headers as jsonb), :#sqlstate, :#error)
on conflict (pipeline, topic, partition, "offset") do nothing
