#!/usr/bin/env bash
# Creates a service account if it does not exist, and gives it its role. Safe to run again.
set -euo pipefail

account=ci-deployer
role=operator

status=0
# An earlier run lost its answer and left this file: the same command finishes that run.
if [ -e "$account.password.attempt" ]; then
    status=5
else
    error=$(sactl show "$account" 2>&1 > /dev/null) || status=$?
fi
case $status in
    0) ;; # The account exists.
    5) sactl create "$account" --description "Deploys from CI" --generate --password-out "$account.password" ;;
    *)
        echo "$error" >&2
        exit "$status"
        ;;
esac
sactl grant "$account" --role "$role"
