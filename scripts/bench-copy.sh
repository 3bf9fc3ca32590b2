#!/usr/bin/env bash
# The initial copy beside pgcopydb, pg_dump with pg_restore, and COPY through a pipe: same servers, same rows, same run.
#   scripts/bench-copy.sh [-n REPETITIONS] [-r ROWS] [PEER...]
# PEER: pgcopydb, dump, pipe, caravan. Default: all of them, three times, 2,000,000 rows of `devices` (key and a second index).
# Two servers of /usr/lib/postgresql (BENCH_PGBIN: another folder of programs) are started in target/bench-copy, on free ports,
# and removed afterwards. From an empty database to all rows, key and index, in seconds. Of Caravan twice: from the start of its
# process, Kafka and Kafka Connect with it, to the end of the step copy-indexes; and the steps schema, copy-rows and
# copy-indexes alone, which is what the peers do. Every copy must have the source's checksum. On Debian: pgcopydb, postgresql-15.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/functions.sh"

repetitions=3 rows=2000000 peers=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) sed -n '2,8s/^# //p' "${BASH_SOURCE[0]}" && exit ;;
        -n) repetitions=$2 && shift ;;
        -r) rows=$2 && shift ;;
        pgcopydb | dump | pipe | caravan) peers+=("$1") ;;
        *) fail "There is no peer $1: pgcopydb, dump, pipe, caravan, -n REPETITIONS, -r ROWS." ;;
    esac
    shift
done
[ ${#peers[@]} -gt 0 ] || peers=(pgcopydb dump pipe caravan)

bin=${BENCH_PGBIN:-$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
[ -x "$bin/initdb" ] || fail "There is no initdb in $bin. Install PostgreSQL's server, or set BENCH_PGBIN."
find_java
build
share_classes
work=$home/target/bench-copy
rm -rf "$work"
mkdir -p "$work/out"

# PostgreSQL refuses to run as root, and its user may not be able to read this folder.
data_of_servers=$work
as_server=()
if [ "$(id -u)" = 0 ]; then
    as_server=(runuser -u postgres --)
    data_of_servers=$(mktemp -d /var/tmp/caravan-bench.XXXXXX)
    chown postgres "$data_of_servers"
fi
server() { (cd / && "${as_server[@]}" "$bin/$1" "${@:2}"); }
stop() {
    for part in source target; do
        server pg_ctl -D "$data_of_servers/$part" -m immediate stop >"$work/out/stop.log" 2>&1 || true
    done
    rm -rf "$work" "$data_of_servers"
}
trap stop EXIT
free_port() { "$java" "$work/Port.java"; }
echo 'class Port { public static void main(String[] a) throws Exception { try (var s = new java.net.ServerSocket(0)) { System.out.println(s.getLocalPort()); } } }' >"$work/Port.java"

start_server() { # PART PORT
    server initdb -D "$data_of_servers/$1" -U postgres -A trust --locale=C.UTF-8 -E UTF8 >"$work/out/initdb.log"
    server pg_ctl -D "$data_of_servers/$1" -l "$data_of_servers/$1.log" -w -o "-p $2 -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= -c wal_level=logical -c shared_buffers=1GB -c maintenance_work_mem=256MB \
        -c max_wal_size=8GB -c checkpoint_timeout=15min" start >"$work/out/start.log"
}
source_port=$(free_port)
start_server source "$source_port"
target_port=$(free_port)
start_server target "$target_port"

export PGHOST=127.0.0.1 PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'
psql_on() { "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -p "$1" -d "$2" "${@:3}"; }
url() { echo "postgres://postgres@127.0.0.1:$1/$2"; }
checksum="select count(*), sum(hashtextextended(d::text, 0)), (select count(*) from pg_indexes where tablename = 'devices') from devices d"

psql_on "$source_port" postgres -c 'create database copied'
psql_on "$source_port" copied >"$work/out/load.log" <<SQL
create table devices (id bigserial primary key, name varchar(64) not null, serial text not null, ip inet, last_seen timestamptz not null,
  attrs jsonb, price numeric(12,2), active boolean not null default true, note text);
insert into devices (id, name, serial, ip, last_seen, attrs, price, active, note)
select n, 'device-' || n, md5(n::text), '10.0.0.0'::inet + (n % 16000000), timestamptz '2024-01-01' + n * interval '1.000017 s',
  jsonb_build_object('fw', n % 97, 'site', 'site-' || (n % 1000), 'tags', jsonb_build_array('a', 'b', n % 7)), (n % 1000000) / 100.0, n % 3 <> 0,
  repeat(md5((n * 7)::text), 2)
from generate_series(1, $rows) n;
create index devices_serial on devices (serial);
select setval('devices_id_seq', $rows);
vacuum (analyze, freeze) devices;
SQL
expected=$(psql_on "$source_port" copied -c "$checksum")
echo "$(date -u +%F) $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), PostgreSQL $("$bin/postgres" --version | sed 's/[^0-9]*\([0-9.]*\).*/\1/')," \
    "$repetitions times $rows rows, $(psql_on "$source_port" copied -c "select pg_table_size('devices') / 1048576") MiB: ${peers[*]}"

copy_by_pgcopydb() {
    pgcopydb clone --source "$(url "$source_port" copied)" --target "$(url "$target_port" copied)" --table-jobs 2 --index-jobs 2 \
        --split-tables-larger-than 100MB --dir "$work/pgcopydb" >"$work/out/pgcopydb.log" 2>&1 ||
        fail "pgcopydb failed: $(cat "$work/out/pgcopydb.log")"
    rm -rf "$work/pgcopydb"
}
copy_by_dump() {
    "$bin/pg_dump" -Fd -j 2 -p "$source_port" -f "$work/dump" copied
    "$bin/pg_restore" -j 2 -p "$target_port" -d copied "$work/dump"
    rm -rf "$work/dump"
}
copy_by_pipe() {
    "$bin/pg_dump" -s --section=pre-data -p "$source_port" copied | psql_on "$target_port" copied -o "$work/out/pipe.log"
    psql_on "$source_port" copied -c 'copy devices to stdout' | psql_on "$target_port" copied -c 'copy devices from stdin'
    "$bin/pg_dump" -s --section=post-data -p "$source_port" copied | psql_on "$target_port" copied -o "$work/out/pipe.log"
}
# Until it says that the indexes are made; how long its steps took is in what it prints.
copy_by_caravan() {
    local log=$work/out/caravan.log pid
    CARAVAN_EMBEDDED=kafka,connect CARAVAN_EMBEDDED_DIR=$work/data CARAVAN_SOURCE_URL=jdbc:postgresql://127.0.0.1:$source_port/copied \
        CARAVAN_TARGET_URL=jdbc:postgresql://127.0.0.1:$target_port/copied CARAVAN_KAFKA_BOOTSTRAP_SERVERS=localhost:0 \
        CARAVAN_CONNECT_URL=http://localhost:0 CARAVAN_HTTP_PORT=0 CARAVAN_MANAGEMENT_PORT=0 \
        "$java" "${java_options[@]}" -jar "$home/target/caravan.jar" run >"$log" 2>&1 &
    pid=$!
    until grep -q '^  copy-indexes  *[0-9]' "$log"; do
        kill -0 "$pid" 2>/dev/null || fail "Caravan ended: $(cat "$log")"
        sleep 0.1
    done
    ended=$(now)
    kill "$pid"
    wait "$pid" || true
    steps=$(awk '$1 ~ /^(schema|copy-rows|copy-indexes)$/ && $3 == "s" { sum += $2 } END { print sum }' "$log")
}
now() { date +%s.%N; }
seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.2f", to - from }'; }
note() { # WHAT SECONDS
    printf '  %s: %s s, %s rows/s\n' "$1" "$2" "$(awk -v n="$rows" -v s="$2" 'BEGIN { printf "%d", n / s }')"
    echo "$2" >>"$work/out/$1.seconds"
}

for ((i = 0; i < repetitions; i++)); do
    for ((k = 0; k < ${#peers[@]}; k++)); do
        peer=${peers[$(((i + k) % ${#peers[@]}))]} # each comes first once
        psql_on "$target_port" postgres -c 'drop database if exists copied with (force)'
        psql_on "$target_port" postgres -c 'create database copied'
        psql_on "$source_port" postgres -c checkpoint
        psql_on "$target_port" postgres -c checkpoint
        ended='' steps=''
        started=$(now)
        "copy_by_$peer"
        note "$peer" "$(seconds "$started" "${ended:-$(now)}")"
        [ -z "$steps" ] || note caravan-steps "$steps"
        found=$(psql_on "$target_port" copied -c "$checksum")
        [ "$found" = "$expected" ] || fail "$peer copied $found, the source has $expected."
        if [ "$peer" = caravan ]; then
            psql_on "$source_port" copied -c "select pg_drop_replication_slot(slot_name) from pg_replication_slots" -c "drop publication if exists dbz_publication" >"$work/out/drop.log"
            rm -rf "$work/data"
        fi
    done
done
median() { sort -n "$work/out/$1.seconds" | awk '{ all[NR] = $1 } END { print NR % 2 ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'; }
printf '\n| peer | median s | rows/s | times pgcopydb |\n|---|---|---|---|\n'
for file in "$work"/out/*.seconds; do
    peer=$(basename "$file" .seconds)
    awk -v peer="$peer" -v s="$(median "$peer")" -v n="$rows" -v p="$([ -f "$work/out/pgcopydb.seconds" ] && median pgcopydb || echo 0)" \
        'BEGIN { printf "| %s | %.1f | %d | %s |\n", peer, s, n / s, p ? sprintf("%.2f", p / s) : "" }'
done
