#!/usr/bin/env bash
# schemathesis's opinion of the running service: no 5xx, no status and no answer that openapi.yaml does not tell of;
# what `Location` and the links of openapi.yaml name is followed.
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
allowed=$(printf %s token-of-schemathesis | npm run --silent token-hash)

read -r api prism gewe dynamodb sqs lambda < <(python3 - <<'PYTHON'
import socket
sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(6)]
print(*(each.getsockname()[1] for each in sockets))
PYTHON
)

touch "$work/stack.log"
# In a process group of its own, as a terminal would have it.
set -m
env -u GEWE_BASE_URL ALLOWED_TOKEN_HASHES="$allowed" \
  PORT="$api" PRISM_PORT="$prism" GEWE_MOCK_PORT="$gewe" DYNAMODB_PORT="$dynamodb" SQS_PORT="$sqs" \
  LAMBDA_PORT="$lambda" LOCAL_DATA_DIR="$work/data" DEFAULT_WAIT_S=2 MIN_REFRESH_INTERVAL_S=0 LOG_LEVEL=WARN \
  npm start -- --scenario normal >"$work/stack.log" 2>&1 &
stack=$!
set +m
for _ in {1..120}; do
  if grep -q '^Ready\.' "$work/stack.log"; then break; fi
  kill -0 "$stack" 2>/dev/null || break
  sleep 0.5
done
grep -q '^Ready\.' "$work/stack.log" || { cat "$work/stack.log"; exit 1; }

judge=$PWD/.ci/judges/schemathesis.toml
contract=$PWD/openapi.yaml
# It leaves folders where it is started.
if ! (cd "$work" && timeout 240 "$work/venv/bin/schemathesis" --config-file "$judge" run "$contract" \
  --url "http://127.0.0.1:$api"); then
  tail -n 50 "$work/stack.log"
  exit 1
fi
