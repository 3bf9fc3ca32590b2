#!/usr/bin/env bash
# Compares source and target while Caravan runs; if they are equal and hold the demo, sends a row through: insert, update,
# delete. All words go to the command verify. Exit code 0: equal, and the row travelled.
set -euo pipefail
# shellcheck source=scripts/functions.sh
. "$(dirname "${BASH_SOURCE[0]}")/functions.sh"

read_arguments "$@"
find_java
build
# Nothing is written into a source that could not be compared, or that the target does not follow.
"$java" -jar target/caravan.jar verify ${arguments[@]+"${arguments[@]}"}

case " ${arguments[*]-} " in *' --help '* | *' -h '*) exit ;; esac
exec "$java" -cp target/caravan.jar scripts/LiveTest.java ${arguments[@]+"${arguments[@]}"}
