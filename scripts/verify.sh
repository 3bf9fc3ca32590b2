#!/usr/bin/env bash
# Compares source and target while Caravan runs; then, on the demo database, sends a row through: insert, update, delete.
# All words go to the command verify. Exit code 0: equal, and the row travelled.
set -euo pipefail
# shellcheck source=scripts/functions.sh
. "$(dirname "${BASH_SOURCE[0]}")/functions.sh"

read_arguments "$@"
find_java
build
code=0
"$java" -jar target/caravan.jar verify ${arguments[@]+"${arguments[@]}"} || code=$?
[ "$code" -le 1 ] || exit "$code" # nothing was compared, so there is nothing to send a row through

case " ${arguments[*]-} " in *' --help '* | *' -h '*) exit "$code" ;; esac
"$java" -cp target/caravan.jar scripts/LiveTest.java ${arguments[@]+"${arguments[@]}"} || code=$?
exit "$code"
