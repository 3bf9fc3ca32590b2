#!/usr/bin/env bash
# Stops the Caravan of this folder, and with it the databases, Kafka and Kafka Connect that it brought along. Their data
# stay; the next start goes on from there. With --config FILE, the one that was started with it.
set -euo pipefail
# shellcheck source=scripts/functions.sh
. "$(dirname "${BASH_SOURCE[0]}")/functions.sh"

read_arguments "$@"
pid=$(caravan_pid)
if [ -z "$pid" ]; then
    echo "Caravan is not running (neither $data/caravan.pid nor addresses.json names a process of it)."
    exit
fi

echo "Stopping Caravan, process $pid."
kill -TERM "$pid"
# Caravan itself gives up waiting for its parts after 40 s.
for ((tenths = 0; tenths < 450; tenths++)); do
    if ! is_caravan "$pid"; then
        rm -f "$data/caravan.pid"
        echo "Stopped after $((tenths / 10)).$((tenths % 10)) s."
        exit
    fi
    sleep 0.1
done
fail "Process $pid is still there after 45 s. Wait, or end it with: kill -9 $pid (no row is lost by that)."
