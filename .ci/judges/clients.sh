#!/usr/bin/env bash
# Public GeWe clients, unmodified, get the contact list from this service when nothing but their base URL is changed:
# at once, while GeWe is slow, and while it fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d "${CI_WORK:-${TMPDIR:-/tmp}}/clients.XXXXXX")
export NO_PROXY="127.0.0.1${NO_PROXY:+,$NO_PROXY}" no_proxy="127.0.0.1${no_proxy:+,$no_proxy}"

stack=
stop() {
  [ -n "$stack" ] || return 0
  kill -INT -- "-$stack" 2>/dev/null || true
  # It gives itself 5 s.
  for _ in {1..40}; do
    kill -0 -- "-$stack" 2>/dev/null || break
    sleep 0.25
  done
  kill -KILL -- "-$stack" 2>/dev/null || true
  stack=
}
# Whatever ends the judge; where CI_WORK is set, the clients stay there for the judge of the deployment.
trap 'stop; rm -rf "$work"' EXIT

programs=$(.ci/install-clients "${CI_WORK:-$work}/clients")
mapfile -t programs <<<"$programs"
settings=$(python3 .ci/judges/clients.py settings)
mapfile -t settings <<<"$settings"

read -r api prism gewe dynamodb sqs events < <(python3 - <<'PYTHON'
import socket
sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(6)]
print(*(each.getsockname()[1] for each in sockets))
PYTHON
)

# In a process group of its own, as a terminal would have it.
set -m
env -u GEWE_BASE_URL -u ALLOWED_TOKEN_HASHES \
  PORT="$api" PRISM_PORT="$prism" GEWE_MOCK_PORT="$gewe" DYNAMODB_PORT="$dynamodb" SQS_PORT="$sqs" \
  EVENTS_PORT="$events" LOCAL_DATA_DIR="$work/data" "${settings[@]}" \
  npm start -- --scenario normal >"$work/stack.log" 2>&1 &
stack=$!
set +m
for _ in {1..120}; do
  if grep -q '^Ready\.' "$work/stack.log"; then break; fi
  kill -0 "$stack" 2>/dev/null || break
  sleep 0.5
done
grep -q '^Ready\.' "$work/stack.log" || { cat "$work/stack.log"; exit 1; }

# The clients write their own logs where they are started.
judge=$PWD/.ci/judges/clients.py
if ! (cd "$work" && python3 "$judge" "http://127.0.0.1:$api" "http://127.0.0.1:$gewe" "${programs[@]}"); then
  tail -n 100 "$work/stack.log"
  exit 1
fi
