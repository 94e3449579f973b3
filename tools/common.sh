# shellcheck shell=sh
# Sourced by run, check and the scripts beside it: words on the terminal, and the Node.js to use.
# Expects `set -eu` and the repository root as working directory.

say() { printf '%s\n' "$*"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The web build needs Node.js ^20.19 or >= 22.12; Debian 12 carries 18.
node_is_new_enough() {
  command -v "$1" >/dev/null 2>&1 || return 1
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
           process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)'
}

# Puts the project's own Node.js and npm first on PATH where the machine's are too old or absent.
use_node() {
  node_is_new_enough node && return 0
  own_node=$PWD/build/node/node_modules
  for platform in x64 arm64; do # npm installs the one that fits the machine
    [ ! -d "$own_node/node-linux-$platform" ] || PATH=$own_node/node-linux-$platform/bin:$own_node/.bin:$PATH
  done
  node_is_new_enough node || return 1
  # Unlike Debian's, it carries its own list of authorities; let it trust those of the machine as well.
  [ ! -f /etc/ssl/certs/ca-certificates.crt ] ||
    NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  export PATH NODE_EXTRA_CA_CERTS
}
