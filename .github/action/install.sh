#!/usr/bin/env bash
# First step of the action: makes sure that there is a binary, and says where. Taken as given, or downloaded and held
# against the checksum that this version of the action knows, or built from the action's own source.
set -euo pipefail

source=$SESSIONLINT_SOURCE
own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/Cargo.toml" | head -n 1)
version=${SESSIONLINT_VERSION:-$own}
version=${version#v}

found() {
    "$1" --version
    printf 'binary=%s\n' "$1" >> "$GITHUB_OUTPUT"
    exit 0
}

if [ -n "${SESSIONLINT_BINARY:-}" ]; then
    found "$SESSIONLINT_BINARY"
fi
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.+-]*)?$ ]]; then
    echo "::error title=sessionlint::the input 'version' is no version"
    exit 2
fi

case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) target=unknown ;;
esac
archive=sessionlint-$version-$target.tar.gz
folder=$RUNNER_TEMP/sessionlint
mkdir -p "$folder"

sum() {
    if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# lines of the file: checksum, two spaces, name of the archive
expected=$(awk -v name="$archive" '$2 == name { print $1 }' "$source/.github/action/checksums.txt")
if [ -n "$expected" ]; then
    address=${GITHUB_SERVER_URL:-https://github.com}/$SESSIONLINT_REPOSITORY/releases/download/v$version/$archive
    if curl --silent --show-error --fail --location --retry 3 --output "$folder/$archive" "$address"; then
        actual=$(sum "$folder/$archive")
        if [ "$actual" != "$expected" ]; then
            echo "::error title=sessionlint::$archive has the checksum $actual instead of $expected"
            exit 2
        fi
        tar -xzf "$folder/$archive" -C "$folder"
        found "$folder/sessionlint"
    fi
    echo "::warning title=sessionlint::$archive cannot be had; building from source"
fi

if [ "$version" != "$own" ]; then
    echo "::error title=sessionlint::version $version has no checksum in this version of the action ($own)"
    exit 2
fi
cargo install --quiet --locked --path "$source" --root "$folder"
found "$folder/bin/sessionlint"
