#!/usr/bin/env bash
# Makes sure that a service account exists and has its role. Run it as often as you like.
set -euo pipefail

account=ci-deployer
role=operator

status=0
# A run whose answer was lost left this file: the same command finishes what that run began.
if [ -e "$account.password.attempt" ]; then
    status=5
else
    error=$(sactl show "$account" 2>&1 > /dev/null) || status=$?
fi
case $status in
    0) ;; # It is there.
    5) sactl create "$account" --description "Deploys from CI" --generate --password-out "$account.password" ;;
    *)
        echo "$error" >&2
        exit "$status"
        ;;
esac
sactl grant "$account" --role "$role"
