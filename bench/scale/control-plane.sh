# Sourced by scripts of this folder: starts a control plane without nodes, with the definitions and fifty namespaces. It is removed at the end,
# also after Ctrl-C. Needs what test/cluster/own/up needs.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
own=$root/test/cluster/own
export FIRESTEEL_CLUSTER_PORT=${FIRESTEEL_CLUSTER_PORT:-27443} FIRESTEEL_METRICS_PORT=${FIRESTEEL_METRICS_PORT:-18080}
. "$own/env.sh"
take_turns
export RUN
node=$root/node_modules/.bin/node
trap '"$own/down"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$own/build" etcd kubectl kube-apiserver kube-controller-manager
"$own/up" control-plane >/dev/null
kubectl apply --server-side -f "$root/crds/" >/dev/null
kubectl wait --for=condition=Established -f "$root/crds/" --timeout=30s >/dev/null
for n in $(seq 0 49); do printf '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-%s"}}\n' "$n"; done | kubectl apply -f - >/dev/null
