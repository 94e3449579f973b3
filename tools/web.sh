#!/bin/sh
# Installs the web workspace's packages and builds the pages into web/dist, each only if need be.
#   tools/web.sh install|build
set -eu
cd "$(dirname "$0")/.."
. tools/common.sh
use_node || fail "no Node.js >= 20.19: run tools/setup.sh build"
mkdir -p build

logged() { # logged NAME COMMAND...: quiet unless it fails
  log=build/$1.log
  shift
  "$@" >"$log" 2>&1 </dev/null && return 0
  tail -n 60 "$log" >&2
  fail "failed: $* (log: $log)"
}

install() {
  cmp -s web/package-lock.json web/node_modules/.installed 2>/dev/null && return 0
  say "web: installing npm packages"
  logged npm-ci npm ci --prefix web --no-audit --no-fund
  cp web/package-lock.json web/node_modules/.installed
}

build() {
  install
  stamp=build/web.stamp
  if [ -f "$stamp" ] && [ -f web/dist/index.html ]; then
    newer=$(find web i18n \( -path web/node_modules -o -path web/dist \) -prune -o -newer "$stamp" -print)
    [ -n "$newer" ] || return 0
  fi
  say "web: building the pages"
  logged web-build npm run --prefix web build
  touch "$stamp"
}

case ${1-} in
  install | build) "$1" ;;
  *) fail "usage: tools/web.sh install|build" ;;
esac
