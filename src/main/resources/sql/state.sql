-- Caravan's own state, in the target, so that it commits together with the rows it speaks of.
create schema if not exists caravan;

create table if not exists caravan.bootstrap (
    pipeline        text        not null,
    table_name      text        not null,               -- schema.table; '' is the pipeline, 'connector' its connector,
                                                        -- 'owner' the instance that sets it up, 'partitioning' how events
                                                        -- go to partitions, 'cutover' how far its end is,
                                                        -- 'cutover-ready' that it was ready for it (step
                                                        -- ready-both-ways: with the slot for the way back),
                                                        -- 'cutover-way-back' that this slot is being made
    step            text        not null,               -- the last step that is done, see Step; of a table: copying, copied
    copied_snapshot text,                               -- pg_current_snapshot() of a copy made while changes streamed
    copied_lsn      pg_lsn,                             -- the WAL position right after that snapshot; of 'cutover' the last look's
    copied_rows     bigint,
    detail          text        not null default '',
    source_shape    text,                               -- how the source's table was when the target's agreed with it
    copied_shape    text,                               -- how it was in the snapshot of the first copy; null if that does not say
    updated_at      timestamptz not null default now(),
    primary key (pipeline, table_name)
);

create table if not exists caravan.ledger (
    pipeline     text        not null,
    topic        text        not null,
    partition    integer     not null,
    next_offset  bigint      not null,                  -- everything below is applied, nothing at or above it
    source_lsn   pg_lsn      not null default '0/0',    -- the farthest change applied
    stream_position text,                               -- the last event applied, in the slot's stream: LSN of its COMMIT,
                                                        -- message, event; null after a copy and before the first
    beyond_copy  boolean     not null default false,    -- it has gone beyond the table's copy, whose snapshot is asked no more
    barrier      text,                                  -- the last event that it came to for which all partitions have to be
    barrier_offset bigint,                              -- at one point, as stream_position tells places, and its offset here
    committed_at timestamptz,                           -- when the last applied change was committed on the source
    changes      bigint      not null default 0,
    updated_at   timestamptz not null default now(),
    primary key (pipeline, topic, partition)
);

create table if not exists caravan.dead_letter (
    id         bigint generated always as identity primary key,
    pipeline   text        not null,
    topic      text        not null,
    partition  integer     not null,
    "offset"   bigint      not null,
    table_name text        not null,
    key_columns jsonb      not null,                    -- what told rows apart when the letter was stored; [] for the whole row
    keys       jsonb       not null,                    -- the keys the event touches; [] for a table without a key
    blocks     bigint[]    not null,                    -- hashes of these, or of whole rows: later events of them wait behind it
    op         text        not null,
    state      text        not null check (state in ('rejected', 'held', 'replayed', 'discarded', 'superseded')),
    source_lsn pg_lsn      not null,
    event      text        not null,                    -- the change as it was to be applied, in Debezium's JSON
    record     bytea,                                   -- the record's value as it came, where it is no text
    headers    jsonb       not null,                    -- Debezium's headers of a key change
    sqlstate   text        not null,
    error      text        not null,
    created_at timestamptz not null default now(),
    settled_at timestamptz,
    unique (pipeline, topic, partition, "offset")
);

create table if not exists caravan.verification (
    id          bigint generated always as identity primary key,
    pipeline    text        not null,
    table_name  text        not null,
    source_rows bigint      not null,
    target_rows bigint      not null,
    equal       boolean     not null,
    differences bigint      not null default 0,
    source_lsn  pg_lsn      not null,
    verified_at timestamptz not null default now(),
    verified_through pg_lsn                             -- the source_lsn of the last comparison that found the table equal
);

create table if not exists caravan.sequence (
    name       text    primary key,                     -- of the target, quoted
    last_value bigint  not null,                        -- where Caravan left it; one that stands elsewhere was used by others
    is_called  boolean not null
);

-- A target set up by an earlier version gets what it lacks. Asked for first: ALTER TABLE and CREATE INDEX lock their table even when
-- IF NOT EXISTS finds that there is nothing to do, behind another instance's open transaction and before all that come after.
do $$
begin
    if to_regclass('caravan.dead_letter_waiting') is null then
        create index dead_letter_waiting on caravan.dead_letter (pipeline, table_name) where state in ('rejected', 'held');
    end if;
    if to_regclass('caravan.dead_letter_blocks') is null then
        create index dead_letter_blocks on caravan.dead_letter using gin (blocks) with (fastupdate = off)
            where state in ('rejected', 'held');
    end if;
    if not exists (select from pg_attribute where attrelid = 'caravan.bootstrap'::regclass and attname = 'source_shape') then
        alter table caravan.bootstrap add column source_shape text;
    end if;
    if not exists (select from pg_attribute where attrelid = 'caravan.bootstrap'::regclass and attname = 'copied_shape') then
        alter table caravan.bootstrap add column copied_shape text;
    end if;
    if not exists (select from pg_attribute where attrelid = 'caravan.ledger'::regclass and attname = 'stream_position') then
        alter table caravan.ledger add column stream_position text;
    end if;
    if not exists (select from pg_attribute where attrelid = 'caravan.ledger'::regclass and attname = 'barrier') then
        alter table caravan.ledger add column beyond_copy boolean not null default false,
            add column barrier text, add column barrier_offset bigint;
    end if;
    if not exists (select from pg_attribute where attrelid = 'caravan.verification'::regclass and attname = 'verified_through') then
        alter table caravan.verification add column verified_through pg_lsn;
    end if;
end $$;
