#!/usr/bin/env bash
# Second step of the action: runs the check and hands its results to the workflow. Never fails for findings; the last
# step does. Everything comes in through the environment, nothing is pasted into this text.
set -euo pipefail

out=$RUNNER_TEMP/sessionlint-report
mkdir -p "$out"

arguments=()
option() {
    if [ -n "$2" ]; then arguments+=("$1" "$2"); fi
}
option --config "${SESSIONLINT_CONFIG:-}"
option --persona "${SESSIONLINT_PERSONA:-}"
option --min-severity "${SESSIONLINT_MIN_SEVERITY:-}"
option --min-confidence "${SESSIONLINT_MIN_CONFIDENCE:-}"
option --fail-on "${SESSIONLINT_FAIL_ON:-}"
option --baseline "${SESSIONLINT_BASELINE:-}"
option --changed-since "${SESSIONLINT_CHANGED_SINCE:-}"
option --sarif-category "${SESSIONLINT_SARIF_CATEGORY:-}"

# one a line; blank lines mean nothing
lines() {
    while IFS= read -r line || [ -n "$line" ]; do
        if [ -n "$line" ]; then printf '%s\0' "$line"; fi
    done <<< "$1"
}
mapfile -d '' -t more < <(lines "${SESSIONLINT_ARGS:-}")
mapfile -d '' -t paths < <(lines "${SESSIONLINT_PATHS:-.}")

# a shallow clone does not have the commit that a pull request is compared with
revision=${SESSIONLINT_CHANGED_SINCE:-}
if [[ $revision =~ ^[0-9a-f]{40}$ ]] && ! git cat-file -e "$revision^{commit}" 2> /dev/null; then
    git fetch --quiet --depth=1 origin "$revision" || true
fi

for format in concise json sarif github markdown; do
    arguments+=(--output "$format=$out/report.$format")
done

# whatever a checked file holds, no line of it is a command to the runner
token=sessionlint-$RANDOM$RANDOM$RANDOM
echo "::stop-commands::$token"
code=0
"$SESSIONLINT_BINARY" check --format human --color always "${arguments[@]}" "${more[@]}" -- "${paths[@]}" || code=$?
echo "::$token::"

{
    printf 'exit-code=%s\n' "$code"
    if [ -f "$out/report.json" ]; then
        printf 'findings=%s\n' "$(wc -l < "$out/report.concise" | tr -d ' ')"
        printf 'high=%s\n' "$(grep -cE ':[0-9]+:[0-9]+: (high|critical)\[' "$out/report.concise" || true)"
        printf 'report-file=%s\n' "$out/report.json"
        printf 'sarif-file=%s\n' "$out/report.sarif"
    fi
} >> "$GITHUB_OUTPUT"

if [ -f "$out/report.markdown" ]; then
    cat "$out/report.markdown" >> "$GITHUB_STEP_SUMMARY"
fi
if [ "${SESSIONLINT_ANNOTATIONS:-true}" = true ] && [ -f "$out/report.github" ]; then
    cat "$out/report.github"
fi
if [ "$code" = 3 ]; then
    echo "::error title=sessionlint::nothing to check: the input 'paths' names no Rust, Python or settings files"
fi
