#!/usr/bin/env bash
# Attacks a Caravan of its own: writers of every kind while its parts are killed, frozen and started again, and after each
# round a comparison of every row.
#   chaos.sh [ROUNDS] [SEED] [CAPTURE]    200 rounds; the seed of the first one, the next ones count on; connect or engine
# A round's seed is its plan: which blows, on which part, when. Needs a JDK and the built jar; all ports are free ones.
# Exit code 0: every round ended equal. Otherwise the folder with logs and data is left, and its name printed.
set -euo pipefail
# shellcheck source=scripts/functions.sh
. "$(dirname "${BASH_SOURCE[0]}")/functions.sh"

case ${1:-} in -h | --help) sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}" && exit ;; esac
rounds=${1:-200}
seed=${2:-$((RANDOM * 32768 + RANDOM))}
capture=${3:-connect}
cd "$home"
find_java
build
work=$(mktemp -d "${TMPDIR:-/tmp}/caravan-chaos.XXXXXX")
chmod go+rx "$work" # root's PostgreSQL runs as another user
cp -r target/caravan.jar target/lib target/connect-plugins routes "$work" # a build meanwhile must not change what is attacked
"$(dirname "$(command -v "$java")")/javac" -nowarn -proc:none -d "$work/classes" -cp "$work/caravan.jar" \
    -sourcepath src/test/java src/test/java/io/caravan/it/Attack.java
cp -r src/test/resources/io "$work/classes"

echo "chaos: $rounds rounds, seed $seed, capture $capture, $(date -u +%F), in $work"
if "$java" "${java_options[@]}" -Xmx512m -Dcaravan.jar="$work/caravan.jar" -Dcaravan.home="$work" \
    -Dcaravan.it.capture="$capture" -Dcaravan.it-work="$work" -Dcaravan.log="$work/attack.log" \
    -cp "$work/caravan.jar:$work/classes" io.caravan.it.Attack "$rounds" "$seed" "$work"; then
    rm -rf "$work"
else
    exit 1
fi
