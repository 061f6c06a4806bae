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
# Whatever ends the judge; what the clients were built from is kept only where CI_WORK says.
trap 'stop; rm -rf "$work"' EXIT

# Two environments: the clients want different versions of qrcode.
install() {
  python3 -m venv "$work/$1"
  "$work/$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
}
install gewechat-client gewechat-client==0.2.2 requests==2.34.2
install opengewe opengewe==0.2.1 aiohttp==3.14.5
# Unoptimised, which takes a third of the time to build.
CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 cargo install --quiet --debug --locked gewe-cli --version 0.1.4 \
  --root "$work/gewe-cli" --target-dir "${CI_WORK:-$work}/gewe-cli-target"

read -r api prism gewe dynamodb sqs lambda < <(python3 - <<'PYTHON'
import socket
sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(6)]
print(*(each.getsockname()[1] for each in sockets))
PYTHON
)

# In a process group of its own, as a terminal would have it.
set -m
env -u GEWE_BASE_URL -u ALLOWED_TOKEN_HASHES \
  PORT="$api" PRISM_PORT="$prism" GEWE_MOCK_PORT="$gewe" DYNAMODB_PORT="$dynamodb" SQS_PORT="$sqs" \
  LAMBDA_PORT="$lambda" LOCAL_DATA_DIR="$work/data" DEFAULT_WAIT_S=2 MIN_REFRESH_INTERVAL_S=3 FAILURE_COOLDOWN_S=0 \
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
if ! (cd "$work" && python3 "$judge" "http://127.0.0.1:$api" "http://127.0.0.1:$gewe" \
  "gewechat-client=$work/gewechat-client/bin/python" "opengewe=$work/opengewe/bin/python" \
  "gewe-cli=$work/gewe-cli/bin/gewe-cli"); then
  tail -n 100 "$work/stack.log"
  exit 1
fi
