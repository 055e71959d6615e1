#!/usr/bin/env bash
# Sets a new password of a service account and writes it to the file of the program that uses it.
# After a failure, run the script again: it continues where it stopped.
# Usage: new-password ACCOUNT FILE
set -euo pipefail

account=$1
file=$2
server=$(sactl whoami --jq .server)

# Signs in with the password in the new file. Exit 3 means that the server refuses it.
sign_in() {
    env -u SACTL_TOKEN -u SACTL_PASSWORD SACTL_SERVER="$server" SACTL_USERNAME="$account" \
        SACTL_PASSWORD_FILE="$file.new" sactl token > /dev/null
}

# An earlier run may have set the password and stopped before the end.
if [ -e "$file.new" ] && [ ! -e "$file.new.attempt" ]; then
    status=0
    sign_in || status=$?
    case $status in
        0)
            mv "$file.new" "$file"
            exit
            ;;
        3) rm -f "$file.new" ;; # The server refuses this password.
        *) exit "$status" ;;
    esac
fi
# If an earlier run lost its answer, this command finishes that run.
sactl passwd "$account" --generate --password-out "$file.new" --yes
sign_in
mv "$file.new" "$file"
