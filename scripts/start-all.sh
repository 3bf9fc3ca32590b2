#!/usr/bin/env bash
# Builds Caravan when needed and runs it until Ctrl-C. With -d or --background it returns when Caravan is ready; then what
# it says goes on in console.log of the data folder, and stop-all.sh stops it. All other words go to the command run, and
# the words of CARAVAN_JAVA_OPTS to the JVM.
set -euo pipefail
# shellcheck source=scripts/functions.sh
. "$(dirname "${BASH_SOURCE[0]}")/functions.sh"

# Returns when the log has the line READY, or with the process' exit code when it ends before.
await_ready() {
    local pid=$1 log=$2 code=0
    tail -n +1 -f "$log" &
    local tail=$!
    # Ctrl-C here ends the watching only.
    trap 'kill "$tail" 2>/dev/null; exit 130' INT TERM
    until grep -q '^READY ' "$log" || ! kill -0 "$pid" 2>/dev/null; do
        sleep 0.3
    done
    sleep 1 # for the last lines
    kill "$tail" 2>/dev/null || true
    wait "$tail" 2>/dev/null || true
    trap - INT TERM
    grep -q '^READY ' "$log" && kill -0 "$pid" 2>/dev/null && return
    wait "$pid" || code=$?
    echo "Caravan ended with exit code $code before it was ready; what it said is in $log." >&2
    exit "$code"
}

read_arguments "$@"
running=$(caravan_pid)
[ -z "$running" ] || fail "Caravan runs already, as process $running. scripts/stop-all.sh stops it."
find_java
build
share_classes
mkdir -p "$data"
command=("$java" ${java_options[@]+"${java_options[@]}"} -jar target/caravan.jar run ${arguments[@]+"${arguments[@]}"})

if [ "$background" = false ]; then
    echo $$ >"$data/caravan.pid" # exec keeps the number
    exec "${command[@]}"
fi

log=$data/console.log # caravan.log is the application's own
[ ! -f "$log" ] || mv "$log" "$log.1"
: >"$log" # it is read at once, perhaps before the process below has opened it
nohup "${command[@]}" </dev/null >"$log" 2>&1 &
pid=$!
echo "$pid" >"$data/caravan.pid"
await_ready "$pid" "$log"
echo "Caravan is ready, as process $pid; what it says goes on in $log. scripts/stop-all.sh stops it."
