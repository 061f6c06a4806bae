#!/usr/bin/env bash
# The service, deployed for real to an AWS endpoint on this machine that enforces IAM, judged there, and removed.
set -euo pipefail
cd "$(dirname "$0")/../.."
npm run --silent test:deploy
