#!/usr/bin/env bash
# Redocly's opinion of openapi.yaml; Spectral's is part of `npm test`.
set -euo pipefail
export REDOCLY_TELEMETRY=off SCARF_ANALYTICS=false
npm exec --yes --package=@redocly/cli@2.77.0 -- redocly lint openapi.yaml --max-problems=20
