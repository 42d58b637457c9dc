#!/bin/sh
# Remakes every golden with Debian's torch: test/goldens/make_all.sh [python]. `git diff` then shows what changed.
set -eu
cd "$(dirname "$0")"
for maker in make_*.py; do
  "${1:-/usr/bin/python3}" "$maker"
done
