#!/bin/bash
# Proves on a fresh Debian 12, made by debootstrap from this machine's own apt sources, that ./run and ./check
# work from a clone of HEAD, as a user with sudo and as root. Needs root; takes an hour or more; everything it
# makes is in one directory below /var/tmp that it removes.
#   tools/fresh.sh                          all four trials
#   tools/fresh.sh user:run root:check      these
#   tools/fresh.sh --keep DIR TRIAL...      in DIR, which is kept and used again
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/common.sh

[ "$(id -u)" = 0 ] || fail "a chroot needs root"
keep=
[ "${1-}" != --keep ] || { keep=$2 && shift 2; }
trials=("$@")
[ $# -gt 0 ] || trials=(user:run root:run user:check root:check)
port=18480

# In a mount and process namespace of its own: whatever happens, nothing stays mounted or alive.
if [ -z "${SHOUWANG_FRESH-}" ]; then
  root=${keep:-$(mktemp -d /var/tmp/shouwang-fresh.XXXXXX)}
  [ -n "$keep" ] || trap 'rm -rf --one-file-system "$root"' EXIT
  export SHOUWANG_FRESH=$root
  unshare --mount --pid --fork --kill-child "$PWD/tools/fresh.sh" "${trials[@]}" &
  child=$!
  trap 'kill -KILL $child; exit 130' INT TERM # it ignores gentler ones, and takes all below it along
  wait $child
  exit
fi
root=$SHOUWANG_FRESH

# shellcheck disable=SC2016 # the names are apt's
sources() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
    awk '$4 == "Debian" && $2 ~ /^bookworm/ {print "deb", $1, $2, $3}' | sort -u
}

make_system() {
  local mirror
  mirror=$(sources | awk '$3 == "bookworm" {print $2; exit}')
  [ -n "$mirror" ] || fail "apt knows no Debian 12 here; is apt-get update due?"
  say "fresh: making a Debian 12 in $root"
  mkdir -p "$root" build
  debootstrap --variant=minbase bookworm "$root" "$mirror" >build/debootstrap.log 2>&1 || {
    tail -n 20 build/debootstrap.log >&2
    fail "debootstrap failed (log: build/debootstrap.log)"
  }
  sources >"$root/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::(http|https|Check-)' >"$root/etc/apt/apt.conf.d/90-machine" || true
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  # This machine's authorities, for npm behind a proxy that has one of its own.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/machine-ca.crt"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # a chroot starts no services
  chmod +x "$root/usr/sbin/policy-rc.d"
  inside root / 'apt-get -q update && apt-get -q -y install --no-install-recommends sudo' \
    >>build/debootstrap.log 2>&1
  inside root / 'useradd --create-home --shell /bin/bash user'
  echo 'user ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/user"
}

become() { # become USER FOLDER COMMAND: this process goes on as that
  local home=/root
  [ "$1" = root ] || home=/home/$1
  exec chroot --userspec="$1" "$root" /usr/bin/env -i HOME="$home" USER="$1" LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    NODE_EXTRA_CA_CERTS=/etc/machine-ca.crt /bin/bash -c "cd $2 && $3" </dev/null
}
inside() { (become "$@"); }

clone() { # clone USER: HEAD, with nothing that is not committed
  local home=$root/root
  [ "$1" = root ] || home=$root/home/$1
  rm -rf "$home/shouwang"
  git -c advice.detachedHead=false clone --quiet --no-hardlinks . "$home/shouwang"
  chroot "$root" chown -R "$1:" "${home#"$root"}/shouwang"
  folder=${home#"$root"}/shouwang
}

answers() {
  python3 - "$port" <<'PYTHON'
import sys, urllib.request
for path in ("/healthz", "/", "/m/", "/openapi.json"):
    with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}{path}", timeout=5) as answer:
        assert answer.status == 200 and answer.read(), path
PYTHON
}

trial_run() {
  local started=$SECONDS server
  become "$1" "$folder" "exec timeout 3600 ./run --port $port" &
  server=$!
  until answers 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || return 1
    [ $((SECONDS - started)) -lt 3600 ] || return 1
    sleep 2
  done
  say "fresh: $1 has the demonstration district after $((SECONDS - started)) s"
  kill -TERM "$server"
  wait "$server" || true
}

trial_check() { inside "$1" "$folder" 'timeout 5400 ./check'; }

[ -e "$root/etc/debian_version" ] || make_system
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for trial in "${trials[@]}"; do
  case $trial in
    user:run | root:run | user:check | root:check) ;;
    *) fail "no such trial: $trial" ;;
  esac
  say "fresh: ./${trial#*:} as ${trial%:*}"
  clone "${trial%:*}"
  "trial_${trial#*:}" "${trial%:*}" || fail "./${trial#*:} failed as ${trial%:*}"
done
