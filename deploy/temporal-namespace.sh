#!/bin/sh
# Creates the namespace with its retention and search attributes. May run any number of times.
set -eu

namespace=${TEMPORAL_NAMESPACE:-oms}
retention=90d # the dispute window in which an order's history can be replayed

# Repeats a command every second for a minute; its words are shown only when it fails for good.
patiently() {
  attempts=60
  until words=$("$@" 2>&1); do
    attempts=$((attempts - 1))
    if [ "$attempts" -eq 0 ]; then
      printf '%s\n' "$words" >&2
      return 1
    fi
    sleep 1
  done
}

patiently temporal operator cluster health

if temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  patiently temporal operator namespace update --namespace "$namespace" --retention "$retention"
else
  patiently temporal operator namespace create --namespace "$namespace" --retention "$retention"
fi

set --
for name in $SEARCH_ATTRIBUTES; do
  set -- "$@" --name "$name" --type Keyword
done
# A namespace just made is unknown to the server's cache for up to ten seconds.
patiently temporal operator search-attribute create --namespace "$namespace" "$@"
echo "namespace $namespace: retention $retention, search attributes $SEARCH_ATTRIBUTES"
