#!/usr/bin/env bash
# cfn-lint's opinion of the packaged template, in both partitions. W3005 is written by the Serverless Framework itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cfn-lint==1.58.0
for region in us-east-1 cn-north-1; do
  AWS_REGION=$region npx serverless package --package "$folder/$region"
  "$folder/venv/bin/cfn-lint" -i W3005 -r "$region" -t "$folder/$region/cloudformation-template-update-stack.json"
done
echo 'cfn-lint has nothing against the template'
