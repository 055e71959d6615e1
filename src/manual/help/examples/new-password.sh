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

# The password in a new file may be in force already: an earlier run may have set it and lost the answer.
status=3
if [ -e "$file.new" ]; then
    status=0
    sign_in || status=$?
fi
case $status in
    0) ;;
    3)
        # It is refused, so the file is of no use.
        rm -f "$file.new"
        sactl passwd "$account" --generate --password-out "$file.new" --yes
        sign_in
        ;;
    *) exit "$status" ;;
esac
mv "$file.new" "$file"
