#!/bin/sh
# Make sure a Chromium is there for the browser tests: one already installed, Playwright's own, or the distribution's.
set -u
python=$1

for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
# What Chromium itself needs comes second: without a way to Playwright's servers it would be installed for nothing.
if timeout 120 "$python" -m playwright install chromium >/dev/null 2>&1; then
    "$python" -m playwright install-deps chromium >/dev/null 2>&1 ||
        echo "Should the browser tests say that Chromium lacks libraries: '$python -m playwright install-deps chromium' installs them, as root." >&2
    exit 0
fi

if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    $as_root apt-get update -qq
    for package in chromium-headless-shell chromium; do
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq "$package" >/dev/null && exit 0
    done
fi
echo "The browser tests need Chromium: install it with your system's package manager (or run '$python -m playwright install chromium') and try again." >&2
exit 1
