/** What the charts render, and what they refuse. Needs `helm` alone. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { PolicyRule } from "kubernetes-types/rbac/v1"
import { crds } from "../../../src/api/Crds.ts"
import { checkValues } from "../../../src/cli/migration/KubeflowValues.ts"
import { decodeSettings } from "../../../src/settings/Settings.ts"
import { accesses, rightsOf } from "../../support/ChartRights.ts"
import { charts, helm, type Manifest, rendered } from "../support/Helm.ts"

const of = (manifests: ReadonlyArray<Manifest>, kind: string) => manifests.filter((one) => one.kind === kind)

const only = (manifests: ReadonlyArray<Manifest>, kind: string): Manifest => {
  const found = of(manifests, kind)
  assert.lengthOf(found, 1, kind)
  return found[0]!
}

const podOf = (manifests: ReadonlyArray<Manifest>) => only(manifests, "Deployment")["spec"].template.spec
const containerOf = (manifests: ReadonlyArray<Manifest>) => podOf(manifests).containers[0]

/** The flags that the operator is started with, without the command. */
const flagsOf = (manifests: ReadonlyArray<Manifest>): ReadonlyArray<string> => containerOf(manifests).args.slice(1)

const settingsOf = (manifests: ReadonlyArray<Manifest>) =>
  Result.getOrThrow(decodeSettings(flagsOf(manifests), { POD_NAMESPACE: "firesteel-system" }))

const envOf = (manifests: ReadonlyArray<Manifest>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    containerOf(manifests).env.map((one: { readonly name: string; readonly value?: string }) => [one.name, one.value]),
  )

const rulesOf = (role: Manifest | undefined): ReadonlyArray<PolicyRule> => role?.["rules"] ?? []

/** The operator's roles, without those of drivers. */
const operatorRoles = (manifests: ReadonlyArray<Manifest>) =>
  [...of(manifests, "Role"), ...of(manifests, "ClusterRole")].filter(({ metadata }) => metadata.name === "firesteel")

/** Everything that can be switched on together. */
const everything = {
  commonLabels: { team: "data" },
  controller: {
    replicas: 2,
    podDisruptionBudget: { enable: true },
    driverPodDisruptionBudget: { enable: true },
    batchScheduler: { enable: true, kubeSchedulerNames: ["a", "b"], default: "volcano" },
    uiIngress: {
      enable: true,
      urlFormat: "https://spark.example.com/{{$appNamespace}}/{{$appName}}",
      ingressClassName: "nginx",
      tls: [{ hosts: ["spark.example.com"], secretName: "spark" }],
      annotations: { "example.com/note": 'it\'s "quoted": yes' },
    },
    sparkUi: { access: "auto" },
    extraArgs: ["--submitter=auto"],
    hostUsers: false,
    priorityClassName: "system-cluster-critical",
    tolerations: [{ operator: "Exists" }],
    nodeSelector: { "kubernetes.io/os": "linux" },
  },
  spark: { jobNamespaces: ["team-a", "team-b"] },
  grafana: { dashboards: { create: true } },
  collector: { config: { create: true } },
  otlp: {
    endpoint: "http://collector:4318",
    logs: false,
    resourceAttributes: { "k8s.cluster.name": "a b,c" },
    headersSecret: { name: "otlp" },
  },
  networkPolicy: { enable: true, egress: [{}] },
}

describe("the chart", () => {
  it.effect("runs the operator without root, with no way to write or to gain rights", () =>
    Effect.gen(function* () {
      const manifests = yield* rendered()
      const pod = podOf(manifests)
      assert.deepStrictEqual(pod.securityContext, {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      })
      assert.deepStrictEqual(containerOf(manifests).securityContext, {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        privileged: false,
        capabilities: { drop: ["ALL"] },
      })
      assert.isDefined(containerOf(manifests).resources.requests)
      for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"])
        assert.isDefined(containerOf(manifests)[probe].httpGet, probe)
    }),
  )

  for (const [what, values] of [
    ["its defaults", {}],
    ["everything switched on", everything],
  ] as const) {
    it.effect(`with ${what} gives flags that the operator takes, and the rights that these need`, () =>
      Effect.gen(function* () {
        const manifests = yield* rendered(values)
        settingsOf(manifests)
        const rights = rightsOf(flagsOf(manifests), true)
        for (const role of operatorRoles(manifests))
          assert.sameMembers([...accesses(rulesOf(role))], [...accesses(rights.watched)])
        const election = of(manifests, "Role").find(({ metadata }) => metadata.name === "firesteel-leader-election")
        assert.sameMembers([...accesses(rulesOf(election))], [...accesses(rights.leases)])
        assert.strictEqual(election?.metadata.namespace, "firesteel-system")
        const lease = settingsOf(manifests).election?.name
        assert.deepStrictEqual(
          rulesOf(election).flatMap(({ resourceNames = [] }) => resourceNames),
          [lease],
        )
      }),
    )
  }

  it.effect("has a ClusterRole only where all namespaces are watched; else Roles, and accounts for drivers", () =>
    Effect.gen(function* () {
      const cluster = yield* rendered()
      assert.lengthOf(of(cluster, "ClusterRole"), 1)
      assert.lengthOf(of(cluster, "ServiceAccount"), 1)
      assert.deepStrictEqual(settingsOf(cluster).namespaces, [])
      const named = yield* rendered(everything)
      assert.deepStrictEqual([...of(named, "ClusterRole"), ...of(named, "ClusterRoleBinding")], [])
      assert.deepStrictEqual(settingsOf(named).namespaces, ["team-a", "team-b"])
      const where = (kind: string, name: string) =>
        of(named, kind)
          .filter(({ metadata }) => metadata.name === name)
          .map(({ metadata }) => metadata.namespace)
      for (const [kind, name] of [
        ["Role", "firesteel"],
        ["RoleBinding", "firesteel"],
        ["Role", "firesteel-driver"],
        ["RoleBinding", "firesteel-driver"],
        ["ServiceAccount", "spark-operator-spark"],
      ] as const)
        assert.deepStrictEqual(where(kind, name), ["team-a", "team-b"], `${kind} ${name}`)
      assert.lengthOf(of(yield* rendered({ spark: { jobNamespaces: ["a", ""] } }), "ClusterRole"), 1)
    }),
  )

  it.effect("has a ClusterRole where namespaces are selected by label, with the right to follow them", () =>
    Effect.gen(function* () {
      const selector = "team in (a,b),!legacy"
      const selected = yield* rendered({ spark: { jobNamespaceSelector: selector, jobNamespaces: ["team-a"] } })
      const { namespaces, namespaceSelector } = settingsOf(selected)
      assert.deepStrictEqual([namespaces, namespaceSelector], [["team-a"], selector])
      const [role, ...more] = operatorRoles(selected)
      assert.deepStrictEqual([role?.kind, more], ["ClusterRole", []])
      assert.sameMembers([...accesses(rulesOf(role))], [...accesses(rightsOf(flagsOf(selected), true).watched)])
      assert.includeMembers([...accesses(rulesOf(role))], ["list namespaces", "watch namespaces"])
      const everywhere = yield* rendered({ spark: { jobNamespaceSelector: selector, jobNamespaces: ["a", ""] } })
      assert.isUndefined(settingsOf(everywhere).namespaceSelector)
      assert.deepStrictEqual(settingsOf(everywhere).namespaces, [])
      const plain = yield* rendered()
      assert.notIncludeMembers([...accesses(rulesOf(operatorRoles(plain)[0]))], ["list namespaces"])
    }),
  )

  it.effect("passes labels and annotations of all Spark pods through unchanged", () =>
    Effect.gen(function* () {
      const podAnnotations = { "example.com/note": 'it\'s "quoted": yes, a=b' }
      const manifests = yield* rendered({ spark: { podLabels: { team: "data", empty: "" }, podAnnotations } })
      assert.deepStrictEqual(settingsOf(manifests).pods.metadata.applications, {
        labels: { team: "data", empty: "" },
        annotations: podAnnotations,
      })
    }),
  )

  it.effect("passes what users write through unchanged, whatever is in it", () =>
    Effect.gen(function* () {
      const manifests = yield* rendered(everything)
      const settings = settingsOf(manifests)
      const { urlFormat, annotations, tls } = everything.controller.uiIngress
      assert.strictEqual(settings.pods.submitter, "auto")
      const flag = (name: string) =>
        flagsOf(manifests)
          .find((one) => one.startsWith(`--${name}=`))
          ?.slice(name.length + 3)
      assert.strictEqual(flag("ingress-url-format"), urlFormat)
      assert.deepStrictEqual(JSON.parse(flag("ingress-annotations") ?? ""), annotations)
      assert.deepStrictEqual(JSON.parse(flag("ingress-tls") ?? ""), tls)
      assert.deepStrictEqual(settings.pods.scheduling.kubeSchedulerNames, ["a", "b"])
      const env = envOf(manifests)
      assert.strictEqual(env["OTEL_LOGS_EXPORTER"], "none")
      assert.isUndefined(env["OTEL_TRACES_EXPORTER"])
      assert.isTrue(env["OTEL_RESOURCE_ATTRIBUTES"]?.endsWith(",k8s.cluster.name=a%20b%2Cc"))
      const pod = podOf(manifests)
      assert.strictEqual(pod.hostUsers, false)
      assert.strictEqual(pod.priorityClassName, "system-cluster-critical")
      assert.deepStrictEqual(pod.topologySpreadConstraints[0].labelSelector.matchLabels, {
        "app.kubernetes.io/name": "firesteel",
        "app.kubernetes.io/instance": "firesteel",
      })
      for (const { kind, metadata } of manifests) assert.strictEqual(metadata.labels?.["team"], "data", kind)
    }),
  )

  it.effect("takes what `migrate check` makes of the values of kubeflow's chart", () =>
    Effect.gen(function* () {
      const { values } = checkValues({
        image: { registry: "ghcr.io", repository: "kubeflow/spark-operator/controller", pullSecrets: [{ name: "x" }] },
        controller: {
          replicas: 2,
          leaderElection: { enable: true, leaseDuration: "30s" },
          workers: 10,
          logEncoder: "console",
          podDisruptionBudget: { enable: true, minAvailable: 1 },
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "1Gi" } }],
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        },
        webhook: { enable: true },
        spark: { jobNamespaces: ["team-a"] },
        prometheus: {
          metrics: { enable: true, port: 8080, labels: "app_type" },
          podMonitor: { create: true, jobLabel: "x", podMetricsEndpoint: { scheme: "http", interval: "5s" } },
        },
      })
      const manifests = yield* rendered(values)
      assert.strictEqual(only(manifests, "Deployment")["spec"].replicas, 2)
      assert.strictEqual(settingsOf(manifests).election?.durationSeconds, 30)
      assert.deepStrictEqual(only(manifests, "PodMonitor")["spec"].podMetricsEndpoints, [
        { port: "metrics", path: "/metrics", scheme: "http", interval: "5s" },
      ])
    }),
  )

  it.effect("takes an image by registry, tag or digest", () =>
    Effect.gen(function* () {
      const image = (values: object) => Effect.map(rendered({ image: values }), (all) => containerOf(all).image)
      const digest = `sha256:${"0".repeat(64)}`
      assert.strictEqual(yield* image({ registry: "", repository: "own", tag: "1" }), "own:1")
      assert.strictEqual(yield* image({ digest, tag: "1" }), `ghcr.io/firesteel/firesteel@${digest}`)
    }),
  )

  it.effect("ends the old operator first where there is no election", () =>
    Effect.gen(function* () {
      const manifests = yield* rendered({ controller: { leaderElection: { enable: false } } })
      assert.deepStrictEqual(only(manifests, "Deployment")["spec"].strategy, { type: "Recreate" })
      assert.deepStrictEqual(of(manifests, "Role"), [])
      assert.include(flagsOf(manifests), "--leader-elect=false")
    }),
  )

  it.effect("lets Prometheus find the operator in one way at a time", () =>
    Effect.gen(function* () {
      const annotated = (all: ReadonlyArray<Manifest>) =>
        "prometheus.io/scrape" in only(all, "Deployment")["spec"].template.metadata.annotations
      assert.isTrue(annotated(yield* rendered()))
      const own = yield* rendered({
        controller: { annotations: { "prometheus.io/scrape": "false", "example.com/a": "b" } },
      })
      assert.deepStrictEqual(only(own, "Deployment")["spec"].template.metadata.annotations, {
        "kubectl.kubernetes.io/default-container": "operator",
        "prometheus.io/scrape": "false",
        "prometheus.io/port": "8080",
        "prometheus.io/path": "/metrics",
        "example.com/a": "b",
      })
      const pods = yield* rendered({ prometheus: { podMonitor: { create: true, labels: { release: "x" } } } })
      assert.isFalse(annotated(pods))
      assert.strictEqual(only(pods, "PodMonitor").metadata.labels?.["release"], "x")
      const service = yield* rendered({ prometheus: { serviceMonitor: { create: true } } })
      const { selector } = only(service, "ServiceMonitor")["spec"]
      const labels = only(service, "Service").metadata.labels ?? {}
      for (const [key, value] of Object.entries(selector.matchLabels)) assert.strictEqual(labels[key], value)
    }),
  )

  it.effect("gives the operator its health checks, with the right to follow them alone", () =>
    Effect.gen(function* () {
      const manifests = yield* rendered({
        controller: { healthChecks: { default: "batch", long: { preset: "streaming" } } },
      })
      const { metadata, data } = only(manifests, "ConfigMap")
      assert.deepStrictEqual(data, { default: "batch", long: "preset: streaming\n" })
      assert.strictEqual(settingsOf(manifests).healthChecks.config, `firesteel-system/${metadata.name}`)
      const role = of(manifests, "Role").find((one) => one.metadata.name === metadata.name)
      assert.sameMembers([...accesses(rulesOf(role))], [...accesses(rightsOf(flagsOf(manifests), true).healthChecks)])
      assert.deepStrictEqual(rulesOf(role)[0]?.resourceNames, [metadata.name])
    }),
  )

  it.effect("serves metrics over TLS and to those who may have them, where that is asked for", () =>
    Effect.gen(function* () {
      const manifests = yield* rendered({
        prometheus: { metrics: { tlsSecretName: "certificate", tokenReview: true }, podMonitor: { create: true } },
        spark: { jobNamespaces: ["team-a"] },
      })
      const flags = flagsOf(manifests)
      const [review, reader] = of(manifests, "ClusterRole")
      assert.sameMembers([...accesses(rulesOf(review))], [...accesses(rightsOf(flags, true).cluster)])
      assert.deepStrictEqual(rulesOf(reader), [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }])
      const { mountPath, name } = containerOf(manifests).volumeMounts[0]
      assert.strictEqual(settingsOf(manifests).metrics.tls?.certFile, `${mountPath}/tls.crt`)
      assert.deepStrictEqual(podOf(manifests).volumes, [{ name, secret: { secretName: "certificate" } }])
      assert.strictEqual(only(manifests, "PodMonitor")["spec"].podMetricsEndpoints[0].scheme, "https")
    }),
  )

  it.effect("brings the dashboards and alerts of otel/ to those who look for them", () =>
    Effect.gen(function* () {
      const manifests = yield* rendered({
        grafana: { dashboards: { create: true } },
        prometheus: { rules: { create: true, labels: { release: "x" } } },
        collector: { config: { create: true } },
      })
      const [collector, ...dashboards] = of(manifests, "ConfigMap").toSorted(
        (a, b) =>
          Number("grafana_dashboard" in (a.metadata.labels ?? {})) -
          Number("grafana_dashboard" in (b.metadata.labels ?? {})),
      )
      assert.deepStrictEqual(Object.keys(collector?.["data"]), ["collector.yaml"])
      assert.isAtLeast(dashboards.length, 4)
      for (const { data } of dashboards)
        for (const text of Object.values<string>(data)) assert.match(JSON.parse(text).title, /^Firesteel/)
      const rules = only(manifests, "PrometheusRule")
      assert.strictEqual(rules.metadata.labels?.["release"], "x")
      assert.isAbove(rules["spec"].groups.length, 0)
    }),
  )

  for (const [what, values, message] of [
    ["a value that does not exist", { controler: {} }, /controler/],
    ["a value below it that does not exist", { controller: { replica: 2 } }, /replica/],
    ["a value of another type", { controller: { workers: "many" } }, /workers/],
    ["a level that the operator does not know", { controller: { logLevel: "loud" } }, /logLevel/],
    ["replicas without election", { controller: { replicas: 2, leaderElection: { enable: false } } }, /leaderElection/],
    ["a budget for one replica", { controller: { podDisruptionBudget: { enable: true } } }, /replicas of 2 or more/],
    ["an Ingress without address", { controller: { uiIngress: { enable: true } } }, /urlFormat/],
    [
      "two monitors",
      { prometheus: { podMonitor: { create: true }, serviceMonitor: { create: true } } },
      /scrape the operator twice/,
    ],
  ] as const) {
    it.effect(`refuses ${what}`, () =>
      Effect.gen(function* () {
        const { message: said } = yield* Effect.flip(rendered(values))
        assert.match(said, message)
      }),
    )
  }

  it.effect("of the definitions has them as they are, and keeps them when it is uninstalled", () =>
    Effect.gen(function* () {
      const definitions = of(yield* rendered({}, "firesteel-crds"), "CustomResourceDefinition")
      assert.sameMembers(
        definitions.map(({ metadata }) => metadata.name),
        crds.map(({ metadata }) => metadata.name),
      )
      for (const { metadata, spec } of definitions) {
        const crd = crds.find((one) => one.metadata.name === metadata.name)!
        assert.deepStrictEqual(spec, JSON.parse(JSON.stringify(crd.spec)))
        assert.strictEqual(metadata.annotations?.["helm.sh/resource-policy"], "keep")
        assert.include(metadata.annotations, crd.metadata.annotations ?? {})
      }
    }),
  )

  it.effect("passes helm lint", () =>
    Effect.asVoid(helm(["lint", "--strict", `${charts}/firesteel`, `${charts}/firesteel-crds`])),
  )
})
