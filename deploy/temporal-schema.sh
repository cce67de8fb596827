#!/bin/sh
# Creates Temporal's two databases beside ours and brings their schemas up to date. May run any number of times.
set -eu

schemas=${TEMPORAL_SCHEMAS:-/etc/temporal/schema/postgresql/v12}

sql_tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$database" "$@"
}

prepare() {
  sql_tool "$1" create
  sql_tool "$1" setup-schema -v 0.0 # the table of versions; leaves an existing one alone
  sql_tool "$1" update-schema -d "$schemas/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
