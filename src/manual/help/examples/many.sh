#!/usr/bin/env bash
# Signs in once for many commands. Needs SACTL_SERVER.
set -euo pipefail

SACTL_TOKEN=$(sactl token)
export SACTL_TOKEN
sactl list --owned -o name | while read -r account; do
    sactl show "$account" -o jsonl
done
