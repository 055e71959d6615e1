#!/usr/bin/env bash
# For cron: writes the service accounts of a company to a file per day.
#
# Sign in once as a service account, as the user who owns the crontab:
#     sactl login --server https://gateway.example --username report-bot --password-stdin \
#         --credential-store file --store-password < report-bot.password
# In the crontab:
#     15 3 * * * /usr/local/bin/account-report
set -euo pipefail
umask 077

folder=${REPORTS:-$HOME/reports}
report=$folder/accounts-$(date +%F).csv
mkdir -p "$folder"

# Exit 8 means that the server could not be reached: try again.
for pause in 0 30 300; do
    sleep "$pause"
    status=0
    sactl list -o csv > "$report.part" || status=$?
    [ "$status" -eq 8 ] || break
done
if [ "$status" -ne 0 ]; then
    rm "$report.part"
    exit "$status"
fi
mv "$report.part" "$report"
