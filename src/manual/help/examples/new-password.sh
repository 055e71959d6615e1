#!/usr/bin/env bash
# Gives a service account a new password, and puts it where the program that uses it reads it. After a failure, run it
# again: it goes on where it stopped.
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
        3) rm -f "$file.new" ;; # It is refused, so the file is of no use.
        *) exit "$status" ;;
    esac
fi
# Where the answer of an earlier run was lost, this finishes what that run began.
sactl passwd "$account" --generate --password-out "$file.new" --yes
sign_in
mv "$file.new" "$file"
