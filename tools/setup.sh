#!/bin/sh
# Installs what is missing of the named sets of packages (tools/packages/<set>.txt), and a Node.js
# that is new enough, below build/, if the machine has none. Unattended; as root or through sudo.
# With nothing missing it takes a fraction of a second and needs no rights.
#   tools/setup.sh build run [test] [long]
set -eu
cd "$(dirname "$0")/.."
. tools/common.sh

[ $# -gt 0 ] || fail "usage: tools/setup.sh SET... (build, run, test, long)"

listed() {
  for set in "$@"; do
    [ -f "tools/packages/$set.txt" ] || fail "no such set of packages: $set"
    sed 's/#.*//' "tools/packages/$set.txt"
  done | tr -s ' \n' '\n' | sort -u
}

missing_of() {
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^installed //p')
  for package in "$@"; do
    printf '%s\n' "$installed" | grep -qx "$package" || printf '%s ' "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "missing packages: $missing- install them as root, or run this as a user with sudo"
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# The package would create and start a system-wide cluster; ./check brings its own. The drop-in goes
# away again afterwards, so that a later wish for a system cluster is not in the way.
hold_back_cluster=/etc/postgresql-common/createcluster.d/shouwang.conf
release_cluster() { [ ! -f "$hold_back_cluster" ] || as_root rm -f "$hold_back_cluster"; }

install_missing() {
  case " $missing " in
    *' postgresql-15 '*)
      trap release_cluster EXIT
      as_root mkdir -p "$(dirname "$hold_back_cluster")"
      echo 'create_main_cluster = false' | as_root tee "$hold_back_cluster" >/dev/null
      ;;
  esac
  mkdir -p build
  log=build/setup.log
  say "setup: installing $(echo "$missing" | wc -w) Debian packages and what they need (log: $log)"
  apt update >"$log" 2>&1 || say "setup: apt-get update failed, trying with the lists on this machine"
  # shellcheck disable=SC2086 # a list of words
  apt install --no-install-recommends $missing >>"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "apt-get could not install: $missing"
  }
  release_cluster
}

[ -r /etc/debian_version ] || fail "this script knows Debian 12; elsewhere install what tools/packages lists"

wanted=$(listed "$@")
# Node.js and npm often come from elsewhere than Debian: look for the commands, not the packages.
command -v node >/dev/null 2>&1 || wanted="$wanted nodejs"
command -v npm >/dev/null 2>&1 || wanted="$wanted npm"
# shellcheck disable=SC2086
missing=$(missing_of $wanted)
[ -z "$missing" ] || install_missing

if ! use_node; then
  say "setup: this machine's Node.js is $(node --version); fetching a newer one, and npm, into build/node"
  mkdir -p build/node
  cp tools/node/package.json tools/node/package-lock.json build/node/
  npm ci --prefix build/node --no-audit --no-fund --loglevel=error >build/node.log 2>&1 || {
    tail -n 20 build/node.log >&2
    fail "npm could not fetch Node.js"
  }
  use_node || fail "npm has no Node.js that runs on this machine ($(uname -m))"
fi
