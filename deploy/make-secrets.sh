#!/bin/sh
# Makes what compose.yaml wants as secrets and is not there yet; nothing that is there is changed.
# Usage: deploy/make-secrets.sh HOST [FOLDER]
set -eu
umask 077

host=${1:?the name by which people will call the service, such as desk.example}
folder=${2:-$(dirname "$0")/secrets}

mkdir -p "$folder"
# Containers run as users of their own, so each file can be read by whoever gets to it; the folder
# lets nobody else get there.
chmod 700 "$folder"

# Writes standard input to the file of that name, whole or not at all.
keep() {
    cat >"$folder/$1.new"
    chmod 444 "$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
    echo "made $folder/$1"
}

lacks() {
    [ ! -e "$folder/$1" ]
}

for name in dutchbook_token mysql_root_password mysql_password redis_password grafana_password; do
    if lacks "$name"; then openssl rand -hex 32 | keep "$name"; fi
done
if lacks database_url; then
    password=$(cat "$folder/mysql_password")
    echo "mysql://dutchbook:$password@mysql:3306/dutchbook?ssl-mode=REQUIRED" | keep database_url
fi
if lacks redis_url; then
    echo "redis://:$(cat "$folder/redis_password")@redis:6379" | keep redis_url
fi
if lacks redis_users; then
    hash=$(printf %s "$(cat "$folder/redis_password")" | openssl dgst -sha256 -r | cut -d' ' -f1)
    echo "user default on #$hash ~* &* +@all -@admin" | keep redis_users
fi
if lacks prometheus_token; then
    # Filled when the service runs, by `dutchbook token create`.
    : | keep prometheus_token
    chmod 644 "$folder/prometheus_token"
fi
if lacks alertmanager_url; then
    # Filled by whoever wants to be told: the address of an incoming webhook.
    : | keep alertmanager_url
    chmod 644 "$folder/alertmanager_url"
fi
if lacks tls_certificate && lacks tls_key; then
    # For a first look: a browser warns of it. Put a real one in its place.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 \
        -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
        -keyout "$folder/tls_key.part" -out "$folder/tls_certificate.part" 2>/dev/null
    keep tls_key <"$folder/tls_key.part"
    keep tls_certificate <"$folder/tls_certificate.part"
    rm "$folder/tls_key.part" "$folder/tls_certificate.part"
fi
