#!/usr/bin/env bash
# cfn-lint's opinion of the packaged template, in both partitions: of the stage for trials, and of one whose data is kept. W3005
# is written by the Serverless Framework itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cfn-lint==1.58.0
SEALING_PUBLIC_KEY=$(npm run --silent sealing-key -- --out "$folder/keyring.json")
export SEALING_PUBLIC_KEY ALLOWED_TOKEN_HASHES=
for region in us-east-1 cn-north-1; do
  for stage in dev prod; do
    AWS_REGION=$region npx serverless package --stage "$stage" --package "$folder/$region-$stage"
    "$folder/venv/bin/cfn-lint" -i W3005 -r "$region" -t "$folder/$region-$stage/cloudformation-template-update-stack.json"
  done
done
echo 'cfn-lint has nothing against the template'
