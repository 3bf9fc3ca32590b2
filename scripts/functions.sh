# Sourced by the scripts beside it: the project folder, Java, the build, and which process is Caravan's.
# shellcheck shell=bash disable=SC2034

home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# For the JVM, not a setting: Caravan refuses variables named CARAVAN_ that set no key.
read -r -a java_options <<<"${CARAVAN_JAVA_OPTS:-}"
java_options=("@$home/scripts/jvm.options" ${java_options[@]+"${java_options[@]}"})
unset CARAVAN_JAVA_OPTS

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Splits the words of the command line: sets background, config, data and arguments, and goes to the project folder.
read_arguments() {
    background=false
    arguments=()
    config=$home/application.properties
    while [ $# -gt 0 ]; do
        case $1 in
            -d | --background) background=true ;;
            --config=*) set -- --config "${1#--config=}" "${@:2}" && continue ;;
            --config)
                [ $# -gt 1 ] || fail "--config needs the name of a file."
                # A relative name is meant from where the user is.
                case $2 in /*) config=$2 ;; *) config=$PWD/$2 ;; esac
                arguments+=(--config "$config")
                shift
                ;;
            *) arguments+=("$1") ;;
        esac
        shift
    done
    find_data
    cd "$home" || exit
}

# The folder of caravan.embedded.dir, relative to the settings file like there.
find_data() {
    data=${CARAVAN_EMBEDDED_DIR:-}
    if [ -z "$data" ] && [ -r "$config" ]; then
        data=$(tr -d '\r' <"$config" | sed -n 's/^[[:space:]]*caravan\.embedded\.dir[[:space:]]*[=:][[:space:]]*//p' | tail -n 1)
    fi
    data=${data:-data}
    case $data in /*) ;; *) data=$(dirname "$config")/$data ;; esac
}

find_java() {
    java=java
    [ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
    command -v "$java" >/dev/null ||
        fail "There is no Java ($java). Install a JDK 17 or newer, or set JAVA_HOME to one."
    local version
    version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/.*java\.specification\.version = //p' | tr -d '\r')
    [ "${version%%.*}" -ge 17 ] 2>/dev/null ||
        fail "Caravan needs Java 17 or newer; $(command -v "$java") is ${version:-unknown}. Set JAVA_HOME to another."
}

# Maven and the compiler are needed only when the jar is missing or older than what it is made of.
build() {
    local jar=$home/target/caravan.jar
    if [ -f "$jar" ] && [ -z "$(find "$home/pom.xml" "$home/src/main" -newer "$jar" | head -n 1)" ]; then
        return
    fi
    command -v mvn >/dev/null || fail "$jar has to be built, and there is no Maven. Install Maven 3.8 or newer."
    "$java" --list-modules | grep -q '^jdk\.compiler' ||
        fail "$jar has to be built, and $(command -v "$java") is a JRE. Install a JDK, or set JAVA_HOME to one."
    echo "Building Caravan; the first time takes some minutes, since Maven downloads its libraries." >&2
    # Maven ends with the code that resets colours, into a pipe too, unless its JVM is told otherwise.
    (cd "$home" && MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.noreset=true" \
        mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true package) || fail "The build failed; see above."
    touch "$jar" # Maven leaves the jar as it is when a newer file changes nothing in it
}

# Adds to java_options the application's classes as a JVM has them once they are loaded and verified (class data sharing): a
# start takes a second less. Made once for each jar, by a start that finds no server; a JVM that cannot use it does without.
share_classes() {
    local jar=$home/target/caravan.jar archive=$home/target/caravan.jsa work
    if [ ! "$archive" -nt "$jar" ]; then
        work=$(mktemp -d)
        (
            unset ${!CARAVAN_@}
            export CARAVAN_EMBEDDED=none CARAVAN_EMBEDDED_DIR=$work CARAVAN_ROUTES=$home/routes CARAVAN_WAIT_SECONDS=1
            export CARAVAN_SOURCE_URL=jdbc:postgresql://localhost:1/none CARAVAN_TARGET_URL=jdbc:postgresql://localhost:1/none
            export CARAVAN_KAFKA_BOOTSTRAP_SERVERS=localhost:1 CARAVAN_CONNECT_URL=http://localhost:1
            export CARAVAN_HTTP_PORT=0 CARAVAN_MANAGEMENT_PORT=0
            "$java" "${java_options[@]}" -XX:ArchiveClassesAtExit="$work/caravan.jsa" -jar "$jar" run >/dev/null 2>&1
        ) || true # it ends with 1: no server answers
        mv "$work/caravan.jsa" "$archive" 2>/dev/null || true
        rm -rf "$work"
    fi
    java_options+=(-XX:SharedArchiveFile="$archive" -Xshare:auto -Xlog:disable -Xlog:all=error:stderr)
}

# Whether process $1 is Caravan itself. Numbers are used again, and its children have caravan.jar on their class path.
is_caravan() {
    local command
    command=$({ tr '\0' ' ' <"/proc/$1/cmdline" || ps -p "$1" -o args=; } 2>/dev/null) || return 1
    case $command in *java*' -jar '*caravan.jar*) return 0 ;; *) return 1 ;; esac
}

# The process that start-all noted, or the one whose addresses lie in its folder (addresses.json once it is ready). Nothing when there is none.
caravan_pid() {
    local pid
    for pid in $(cat "$data/caravan.pid" 2>/dev/null) \
        $(sed -n 's/.*"pid" *: *\([0-9][0-9]*\).*/\1/p' "$data/addresses.json" "$data/starting.json" 2>/dev/null); do
        if is_caravan "$pid"; then
            echo "$pid"
            return
        fi
    done
}
