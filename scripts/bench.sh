#!/usr/bin/env bash
# Caravan beside PostgreSQL's own logical replication: same servers, same backlog, same run. Prints medians and ratios.
#   scripts/bench.sh [--quick] [-n REPETITIONS] [-c CHANGES] [WHAT...]      the copy: scripts/bench-copy.sh
# WHAT: devices (60 % inserts, 30 % updates, 10 % deletes), tpcb (pgbench's transaction), wide (rows of 1 MiB, a thousandth of
# the changes), apply (capture and apply each alone as well), running (once more, by peers that run already), latency (commit
# to visible at 200 transactions/s; then the idle cost). Default: all of them, three times, 500,000 changes. --quick: devices
# and latency once, 50,000 changes.
# How the cost grows: columns (rows of 10, 100, 1,000), width (rows of 100 B to 100 kB), tables (10, 100, 1,000, or BENCH_TABLES).
# Two PostgreSQL servers, Kafka and Kafka Connect are started in target/bench, on free ports, and removed afterwards. Every run
# ends with equal checksums of source and target, or the benchmark fails. CPU is read from /proc, so Linux only.
# On a shared machine trust the ratios and the CPU seconds. BENCH_APP_OPTS, BENCH_CONNECT_OPTS, BENCH_KAFKA_OPTS go to the JVMs.
# BENCH_PARTITIONS=4 gives the tables' topics four partitions.
# BENCH_CAPTURE=engine measures capture without Kafka Connect, which then runs beside it with nothing to do; not for apply.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/functions.sh"

repetitions=3 changes=500000 what=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) sed -n '2,14s/^# //p' "${BASH_SOURCE[0]}" && exit ;;
        --quick) repetitions=1 changes=50000 what=(devices latency) ;;
        -n) repetitions=$2 && shift ;;
        -c) changes=$2 && shift ;;
        devices | tpcb | wide | apply | running | latency | columns | width | tables) what+=("$1") ;;
        *) fail "There is no $1 to measure: devices, tpcb, wide, apply, running, latency, columns, width, tables, --quick, -n REPETITIONS, -c CHANGES." ;;
    esac
    shift
done
[ ${#what[@]} -gt 0 ] || what=(devices tpcb wide apply running latency)
case " ${what[*]} " in
    *' devices '* | *' tpcb '* | *' wide '* | *' columns '* | *' width '*) ;;
    *' apply '* | *' running '*) what=(devices "${what[@]}") ;; # these are measured with a load
esac
[ "$changes" -le 1900000 ] || case " ${what[*]} " in
    *' apply '*) fail "Of more than 1,900,000 changes of devices some delete rows that are gone, and apply waits for all of them." ;;
esac
[ "$changes" -le 600000 ] || case " ${what[*]} " in
    *' running '*) fail "running makes three backlogs; of more than 600,000 changes each some delete rows that are gone, and it waits for all." ;;
esac

find_java
build
share_classes
export BENCH_APP_OPTS="${java_options[*]:1} ${BENCH_APP_OPTS:-}" # without @jvm.options, which CaravanRun adds
work=$home/target/bench
rm -rf "$work"
mkdir -p "$work/classes"
trap 'rm -rf "$work"' EXIT
"${java}c" -d "$work/classes" -cp "$home/target/caravan.jar" "$home"/scripts/bench/*.java
echo "$(date -u +%F) $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), $repetitions times $changes changes: ${what[*]}"
"$java" -cp "$home/target/caravan.jar:$work/classes" Bench "$home" "$work" "$repetitions" "$changes" "${what[@]}"
