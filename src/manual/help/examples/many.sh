#!/usr/bin/env bash
# Signs in once for many commands. Needs SACTL_SERVER.
set -euo pipefail

SACTL_TOKEN=$(sactl token)
export SACTL_TOKEN
for company in 1 2; do
    sactl list --owned --company "$company" -o name | sactl show - --company "$company" -o jsonl
done
