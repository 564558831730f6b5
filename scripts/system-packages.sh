#!/bin/sh
# What the tests need beside Python: Java and Maven for a real Neo4j server, Chromium and a Chinese font for the page.
# Installs what is missing where that can be done without asking; says what to do where it cannot.
set -eu
missing=""
command -v java >/dev/null 2>&1 || missing="$missing openjdk-17-jre-headless"
command -v mvn >/dev/null 2>&1 || missing="$missing maven"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
  command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
if command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh)" ]; then :; else
  missing="$missing fontconfig fonts-wqy-zenhei"
fi
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  # shellcheck disable=SC2086  # several names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Some tests will be skipped for want of$missing: install them (Debian: apt-get install$missing)." >&2
fi
