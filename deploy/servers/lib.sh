# What `up` and `down` share: where things are, and how to tell that a server runs. Sourced, never run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=$(cd "$here/../.." && pwd)/target/servers
mkdir -p "$state"

# PostgreSQL refuses root and must reach its folder, so the data lives outside the tree;
# `$state/data` holds the path. Both servers' data goes when `down` stops them.
data=$(cat "$state/data" 2>/dev/null || true)

say() { printf 'servers: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# The newest PostgreSQL's program folder: Debian's, or the one on the PATH.
postgresql_programs() {
    local found
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [ -x "$found" ] || found=$(command -v initdb) || return 1
    dirname "$found"
}

# Runs a command as the user who owns PostgreSQL's data: `postgres` for root, else whoever we are.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        (cd / && exec "$@")
    fi
}

# Whether process $1 is alive and has $2 in its command line (a number alone may be someone else's by now).
is_ours() {
    [ -n "$1" ] && [ -n "$2" ] && tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$2"
}

postgresql_is_up() {
    [ -n "$data" ] && [ -s "$data/postgresql/postmaster.pid" ] || return 1
    is_ours "$(head -n 1 "$data/postgresql/postmaster.pid")" "$data/postgresql" || return 1
    "$(postgresql_programs)/pg_isready" -q -h 127.0.0.1 -p "$(cat "$state/postgresql.port")"
}

# Asks the broker for its metadata (version 0) and looks for one broker in the answer: an open
# port alone says nothing about a broker that is still fenced.
kafka_answers() {
    local answer
    answer=$(timeout 2 bash -c '
        exec 3<>"/dev/tcp/127.0.0.1/$0" &&
        printf "\0\0\0\16\0\3\0\0\0\0\0\1\377\377\0\0\0\0" >&3 &&
        head -c 12 <&3 | od -An -tx1 -j8 | tr -d " \n"' "$1" 2>/dev/null) || return 1
    [ "$answer" = 00000001 ]
}

kafka_is_up() {
    [ -n "$data" ] && [ -s "$state/kafka.pid" ] || return 1
    is_ours "$(cat "$state/kafka.pid")" "$data/kafka.properties" || return 1
    kafka_answers "$(cat "$state/kafka.port")"
}

# Stops process $2, named $1, if $3 in its command line says that it is ours: with signal $4, at worst with KILL.
stop() {
    local name=$1 pid=$2 mark=$3 signal=$4
    is_ours "$pid" "$mark" || return 0
    kill "-$signal" "$pid"
    for _ in {1..200}; do
        is_ours "$pid" "$mark" || { say "stopped $name"; return 0; }
        sleep 0.1
    done
    kill -KILL "$pid"
    say "killed $name, which had not stopped in 20 s"
}

stop_kafka() {
    stop "Apache Kafka" "$(cat "$state/kafka.pid" 2>/dev/null || true)" "$data/kafka.properties" TERM
}

# SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
stop_postgresql() {
    stop PostgreSQL "$(head -n 1 "$data/postgresql/postmaster.pid" 2>/dev/null || true)" "$data/postgresql" INT
}
