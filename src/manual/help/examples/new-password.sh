#!/usr/bin/env bash
# Gives a service account a new password, and puts it where the program that uses it reads it.
# Usage: new-password ACCOUNT FILE
set -euo pipefail

account=$1
file=$2

# The new file is private from the start; it replaces the old one only when the password is in force.
rm -f "$file.new"
sactl passwd "$account" --generate --password-out "$file.new" --yes
mv "$file.new" "$file"
