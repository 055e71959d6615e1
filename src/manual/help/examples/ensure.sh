#!/usr/bin/env bash
# Makes sure that a service account exists and has its role. Run it as often as you like.
set -euo pipefail

account=ci-deployer
role=operator

status=0
error=$(sactl show "$account" 2>&1 > /dev/null) || status=$?
case $status in
    0) ;; # It is there.
    5) sactl create "$account" --description "Deploys from CI" --generate --password-out "$account.password" ;;
    *)
        echo "$error" >&2
        exit "$status"
        ;;
esac
sactl grant "$account" --role "$role"
