/** What people do with kubectl, command by command; `test/cluster/Kubectl.test.ts` runs it on two servers and compares what is printed. */

export interface Command {
  /** As typed after `kubectl`; quotes as in a shell. */
  readonly line: string
  /** Standard input. */
  readonly input?: object | string
}

export const namespace = "kubectl-contract"

/** A twin of our resource in a group that no operator watches: what is printed depends on the API server alone. */
export const group = "contract.firesteel.dev"

const application = (size: number, type = "Scala") => ({
  apiVersion: `${group}/v1beta2`,
  kind: "SparkApplication",
  metadata: { name: "pi", namespace, labels: { team: "a" } },
  spec: {
    type,
    sparkVersion: "4.1.4",
    image: "spark:4.1.4",
    mainClass: "Pi",
    mainApplicationFile: "local:///pi.jar",
    driver: { cores: 1 },
    executor: { instances: size },
  },
})

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace, labels: { team: "a" } },
  // Nobody gives it a node; and it says itself what admission plugins would add.
  spec: {
    schedulerName: "nobody",
    automountServiceAccountToken: false,
    tolerations: ["not-ready", "unreachable"].map((taint) => ({
      key: `node.kubernetes.io/${taint}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    })),
    containers: [{ name: "main", image: "spark" }],
  },
}

const two = {
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "one", namespace, labels: { team: "a" } },
      data: { k: "v" },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace },
      spec: { clusterIP: "None", selector: { a: "b" }, ports: [{ name: "http", port: 80 }] },
    },
  ],
}

export const script: ReadonlyArray<Command> = [
  { line: "create namespace kubectl-contract" },
  // By this label the cluster suite takes away what an interrupted run has left.
  { line: "label namespace kubectl-contract firesteel.dev/test=cluster" },
  { line: "get namespace kubectl-contract -o name" },
  { line: "apply -f -", input: application(1) },
  { line: "apply -f -", input: application(1) },
  { line: "diff -f -", input: application(2) },
  { line: "apply -f -", input: application(2) },
  { line: "apply --server-side --force-conflicts -f -", input: application(3) },
  { line: "apply --dry-run=server -f -", input: application(4) },
  { line: "apply -f -", input: application(4, "Cobol") },
  { line: "create -f -", input: application(1) },
  { line: "create -f -", input: { ...application(1), spec: { ...application(1).spec, sparkversion: "4" } } },
  { line: "get twin" },
  { line: "get sparkapplications.contract.firesteel.dev pi -o wide" },
  { line: "get twin pi -o jsonpath='{.spec.executor.instances} {.metadata.generation}'" },
  { line: "get twin -o custom-columns=NAME:.metadata.name,TYPE:.spec.type,N:.spec.executor.instances" },
  { line: "get twin -l team=a -o name" },
  { line: "get twin -l team=b" },
  { line: "get twin nope" },
  { line: "get gadgets" },
  { line: "label twin pi team=b --overwrite" },
  { line: "label twin pi team=c" },
  { line: "annotate twin pi note=hello" },
  { line: `patch twin pi --type=merge -p '{"spec":{"executor":{"instances":5}}}'` },
  { line: `patch twin pi --type=json -p '[{"op":"replace","path":"/spec/executor/instances","value":6}]'` },
  { line: `patch twin pi --type=json -p '[{"op":"test","path":"/spec/executor/instances","value":7}]'` },
  { line: `patch twin pi --type=strategic -p '{"spec":{}}'` },
  {
    line: `patch twin pi --subresource=status --type=merge -p '{"status":{"applicationState":{"state":"RUNNING"},"driverInfo":{}}}'`,
  },
  { line: "wait twin/pi --for=jsonpath='{.status.applicationState.state}'=RUNNING --timeout=5s" },
  { line: "wait twin/pi --for=jsonpath='{.status.applicationState.state}'=COMPLETED --timeout=1s" },
  { line: "edit twin pi" },
  { line: "get twin pi -o jsonpath='{.spec.executor.instances}'" },
  { line: "explain twin.spec.restartPolicy.type" },
  { line: "explain twin.spec.driver.cores" },
  { line: "apply -f -", input: pod },
  { line: "get pods" },
  { line: "get pod p -o wide" },
  { line: "get pods --field-selector=status.phase=Running" },
  { line: "get pods --sort-by=.metadata.name -o name" },
  { line: `patch pod p -p '{"spec":{"containers":[{"name":"main","image":"spark:2"}]}}'` },
  { line: "logs p" },
  { line: "describe pod p" },
  { line: "apply -f -", input: two },
  { line: "get configmap one -o yaml" },
  { line: "get service web" },
  { line: "replace -f -", input: { ...two.items[0], data: { k: "w" } } },
  { line: "get configmap one -o jsonpath='{.data}'" },
  { line: "create configmap two --from-literal=a=b" },
  { line: "get configmap,service -l team=a -o name" },
  { line: "events" },
  { line: "api-resources --api-group=contract.firesteel.dev" },
  { line: "get crd sparkapplications.contract.firesteel.dev -o jsonpath='{.spec.scope} {.spec.names.shortNames}'" },
  { line: "delete configmap one two" },
  { line: "delete configmap one" },
  { line: "delete pod p --wait=true --timeout=10s" },
  { line: "delete twin -l team=b --cascade=foreground" },
  { line: "wait twin/pi --for=delete --timeout=5s" },
  { line: "delete service web --now" },
  { line: "get twin -A -l team=b" },
  { line: "delete namespace kubectl-contract --timeout=30s" },
]
