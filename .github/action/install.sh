#!/usr/bin/env bash
# First step of the action: makes sure that there is a binary, and says where.
set -euo pipefail

binary=${SESSIONLINT_BINARY:-}
if [ -z "$binary" ]; then
    root=$RUNNER_TEMP/sessionlint
    cargo install --quiet --locked --path "$SESSIONLINT_SOURCE" --root "$root"
    binary=$root/bin/sessionlint
fi
"$binary" --version
printf 'binary=%s\n' "$binary" >> "$GITHUB_OUTPUT"
