#!/bin/bash
# The contract of the official images, for the stand-ins of scripts/prove-up.
# PostgreSQL: settings in the environment, passwords from files, a server for the init scripts that listens on its socket
# only, then the server itself, as its own user. Redis and Valkey: the server, as its own user.
set -euo pipefail
from_file() {
    local file=$1_FILE
    [[ -z ${!file:-} ]] || printf -v "$1" %s "$(<"${!file}")"
    unset "$file"
}
if [[ ${1:-} == -* || ${1:-} == *.conf ]]; then
    set -- "$SERVER" "$@"
fi
if [[ $1 != "$SERVER" ]]; then
    exec "$@"
fi
if [[ $SERVER != postgres ]]; then
    if [[ $(id -u) == 0 ]]; then
        find . \! -user redis -exec chown redis '{}' +
        exec gosu redis "$0" "$@"
    fi
    exec "$@"
fi
if [[ $(id -u) == 0 ]]; then
    mkdir -p "$PGDATA"
    find "$PGDATA" /run/postgresql \! -user postgres -exec chown postgres '{}' +
    exec gosu postgres "$0" "$@"
fi
mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
if [[ ! -s $PGDATA/PG_VERSION ]]; then
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER
    from_file POSTGRES_DB
    from_file POSTGRES_INITDB_ARGS
    : "${POSTGRES_USER:=postgres}" "${POSTGRES_INITDB_ARGS:=}"
    : "${POSTGRES_DB:=$POSTGRES_USER}"
    if [[ -z ${POSTGRES_PASSWORD:-} ]]; then
        echo "Error: Database is uninitialized and superuser password is not specified." >&2
        exit 1
    fi
    eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "${@:2}")}" >>"$PGDATA/pg_hba.conf"
    export PGPASSWORD=$POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB POSTGRES_PASSWORD
    options=$(printf '%q ' "${@:2}" -c listen_addresses= -p 5432)
    pg_ctl -D "$PGDATA" -o "$options" -w start
    query=(psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --no-password)
    if [[ $POSTGRES_DB != postgres ]]; then
        "${query[@]}" --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
    fi
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh)
                if [[ -x $file ]]; then
                    "$file"
                else
                    # shellcheck disable=SC1090
                    . "$file"
                fi
                ;;
            *.sql) "${query[@]}" --dbname "$POSTGRES_DB" -f "$file" ;;
        esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD
    echo "PostgreSQL init process complete; ready for start up."
fi
exec "$@"
