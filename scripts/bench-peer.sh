#!/usr/bin/env bash
# Runs Caravan as a peer of a benchmark between two PostgreSQL servers that are there already.
#   bench-peer.sh SRCDB SLOT PUBLICATION TGTDB    slot, publication and the target's tables exist: stream only
#   bench-peer.sh SRCDB TGTDB                     the target has the schema: copy, then stream
# Addresses come from SRC_PORT and TGT_PORT (6543, 6544). Ends on SIGTERM; its data is thrown away.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/caravan-peer.XXXXXX")
trap 'rm -rf "$work"' EXIT

source_db=$1
if [ $# -eq 4 ]; then
  slot=$2 publication=$3 target_db=$4 copy=false schema=auto # columns that are added meanwhile are followed
else
  slot=caravan_peer publication=caravan_peer target_db=$2 copy=true schema=existing
fi

export CARAVAN_EMBEDDED=${CARAVAN_EMBEDDED:-kafka,connect}
export CARAVAN_EMBEDDED_DIR=$work/data
export CARAVAN_SOURCE_URL=jdbc:postgresql://127.0.0.1:${SRC_PORT:-6543}/$source_db
export CARAVAN_TARGET_URL=jdbc:postgresql://127.0.0.1:${TGT_PORT:-6544}/$target_db
export CARAVAN_KAFKA_BOOTSTRAP_SERVERS=localhost:0
export CARAVAN_CONNECT_URL=http://localhost:0
export CARAVAN_HTTP_PORT=0
export CARAVAN_MANAGEMENT_PORT=0
export CARAVAN_PIPELINE=$target_db
export CARAVAN_TOPIC_PREFIX=$target_db
export CARAVAN_SLOT=$slot
export CARAVAN_PUBLICATION=$publication
export CARAVAN_SCHEMA=$schema
export CARAVAN_COPY=$copy

java @"$home/scripts/jvm.options" ${PEER_JAVA_OPTS:-} -jar "$home/target/caravan.jar" run >"${PEER_LOG:-$work/run.log}" 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null; wait "$pid"; rm -rf "$work"' TERM INT
wait "$pid"
