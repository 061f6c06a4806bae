#!/usr/bin/env bash
# schemathesis's opinion of the running service: no 5xx, no status and no answer that openapi.yaml does not tell of;
# what `Location` and the links of openapi.yaml name is followed. Nothing may be left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d "${CI_WORK:-${TMPDIR:-/tmp}}/schemathesis.XXXXXX")
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
trap 'stop; rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5

# Any other token is refused: what is told without one is told to nobody.
# The second is the token of a callback that no call of the judge deletes.
keeper=token-that-keeps-its-callback
allowed=$(for token in token-of-schemathesis "$keeper"; do printf %s "$token" | npm run --silent token-hash; done | paste -sd,)

read -r api prism gewe dynamodb sqs events < <(python3 - <<'PYTHON'
import socket
sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(6)]
print(*(each.getsockname()[1] for each in sockets))
PYTHON
)

touch "$work/stack.log"
# A start is answered by 200 within two seconds after a success, and by 202 else: both have links to follow.
# In a process group of its own, as a terminal would have it.
set -m
env -u GEWE_BASE_URL ALLOWED_TOKEN_HASHES="$allowed" \
  PORT="$api" PRISM_PORT="$prism" GEWE_MOCK_PORT="$gewe" DYNAMODB_PORT="$dynamodb" SQS_PORT="$sqs" \
  EVENTS_PORT="$events" LOCAL_DATA_DIR="$work/data" DEFAULT_WAIT_S=2 MIN_REFRESH_INTERVAL_S=2 LOG_LEVEL=WARN \
  npm start -- --scenario normal >"$work/stack.log" 2>&1 &
stack=$!
set +m
for _ in {1..120}; do
  if grep -q '^Ready\.' "$work/stack.log"; then break; fi
  kill -0 "$stack" 2>/dev/null || break
  sleep 0.5
done
grep -q '^Ready\.' "$work/stack.log" || { cat "$work/stack.log"; exit 1; }

# What GeWe would post to: a made-up id belongs to no token.
CALLBACK_ID=$(python3 - "http://127.0.0.1:$api/v1/callback" "$keeper" <<'PYTHON'
import json
import sys
from urllib.request import Request, urlopen
headers = {'X-GEWE-TOKEN': sys.argv[2], 'Content-Type': 'application/json'}
with urlopen(Request(sys.argv[1], b'{}', headers, method='PUT'), timeout=10) as response:
    print(json.load(response)['url'].rsplit('/', 1)[1])
PYTHON
)
export CALLBACK_ID

judge=$PWD/.ci/judges/schemathesis.toml
contract=$PWD/openapi.yaml
# Its stateful phase ends early, and says nothing, when the service answers a repeated call in another way: then all is
# judged again.
for attempt in 1 2 3; do
  # It leaves folders where it is started.
  if ! (cd "$work" && timeout 240 "$work/venv/bin/schemathesis" --config-file "$judge" run "$contract" \
    --url "http://127.0.0.1:$api" --report-json-path report.json --report-ndjson-path events.ndjson); then
    tail -n 50 "$work/stack.log"
    exit 1
  fi
  python3 .ci/judges/schemathesis-skipped.py "$work/report.json" "$work/events.ndjson" && exit
  echo "Attempt $attempt left something out"
done
exit 1
