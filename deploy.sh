#!/usr/bin/env bash
# Brings uv and the Python packages when they are missing or changed, then hands over to the `oms` command.
set -euo pipefail

UV_VERSION=0.13.9 # only used when no uv is on PATH
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/order-management
venv=$here/.venv
stamp=$venv/.synchronised

say() { printf '%s\n' "deploy: $*" >&2; }
fail() {
  say "$@"
  exit 1
}

# uv: from PATH, from our cache, or with pip into our cache.
find_uv() {
  if command -v uv >/dev/null 2>&1; then
    command -v uv
  elif [[ -x $cache/uv/bin/uv ]]; then
    printf '%s\n' "$cache/uv/bin/uv"
  else
    return 1
  fi
}

fetch_uv() {
  command -v python3 >/dev/null 2>&1 || fail "neither uv nor python3 is installed: install one of them"
  mkdir -p "$cache"
  local unfinished
  unfinished=$(mktemp -d "$cache/uv.XXXXXX")
  if python3 -m venv "$unfinished" >/dev/null 2>&1; then
    with_clock "no uv on PATH, fetching uv $UV_VERSION with pip" \
      "$unfinished/bin/python" -m pip install --quiet "uv==$UV_VERSION" || forget "$unfinished"
  else # Debian without python3-venv
    with_clock "no uv on PATH, fetching uv $UV_VERSION with pip" \
      python3 -m pip install --quiet --target "$unfinished" "uv==$UV_VERSION" || forget "$unfinished"
  fi
  rm -rf "$cache/uv"
  mv "$unfinished" "$cache/uv"
}

# Runs a command with one line that shows the time passing, on a terminal; its output goes to stderr.
with_clock() {
  local what=$1 started=$SECONDS status=0 command
  shift
  "$@" >&2 &
  command=$!
  trap 'kill "$command" 2>/dev/null; exit 130' INT TERM
  while [[ -t 2 ]] && kill -0 "$command" 2>/dev/null; do
    printf '\rdeploy: %s ... %d s ' "$what" $((SECONDS - started)) >&2
    sleep 0.2
  done
  wait "$command" || status=$?
  trap - INT TERM
  [[ -t 2 ]] && printf '\r\033[K' >&2
  ((status)) || say "$what: done in $((SECONDS - started)) s"
  return "$status"
}

forget() {
  rm -rf "$1"
  fail "uv could not be fetched with pip: install uv, or python3-venv and pip"
}

# The pinned Python if there is one, else any that is new enough, else uv downloads the pinned one.
choose_python() {
  "$1" python find --project "$here" 2>/dev/null || "$1" python find --no-project '>=3.11' 2>/dev/null || true
}

wanted_stamp() {
  printf '%s\n' "$here"
  cksum <"$here/uv.lock"
  cksum <"$here/pyproject.toml"
}

synchronise() {
  local wanted uv python
  wanted=$(wanted_stamp)
  if [[ -x $venv/bin/oms && -f $stamp && $(<"$stamp") == "$wanted" ]]; then
    return
  fi
  if [[ -f $stamp && $(head -n 1 "$stamp") != "$here" ]]; then
    rm -rf "$venv" # the clone was moved or copied: its programs point to the old place
  fi
  find_uv >/dev/null || fetch_uv
  uv=$(find_uv)
  python=$(choose_python "$uv")
  with_clock "installing the Python packages of uv.lock" \
    "$uv" sync --quiet --project "$here" --frozen --compile-bytecode ${python:+--python "$python"} ||
    fail "uv sync failed (see above): check the network, and that Python 3.11 or later can be had"
  printf '%s\n' "$wanted" >"$stamp"
}

synchronise
OMS_UV=$(find_uv || true)
export OMS_UV
exec "$venv/bin/oms" "$@"
