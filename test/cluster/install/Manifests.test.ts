/** What the charts render, and what they refuse. Needs `helm` alone. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { PolicyRule } from "kubernetes-types/rbac/v1"
import { crds } from "../../../src/api/Crds.ts"
import { checkValues } from "../../../src/cli/migration/KubeflowValues.ts"
import { decodeSettings } from "../../../src/settings/Settings.ts"
import { readPrices } from "../../../src/spark/usage/Prices.ts"
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

  it.effect("is found by tools that look for kubeflow's controller, and selects its pods by what never changes", () =>
    Effect.gen(function* () {
      const lease = (manifests: ReadonlyArray<Manifest>) => settingsOf(manifests).election?.name
      const granted = (manifests: ReadonlyArray<Manifest>) =>
        rulesOf(of(manifests, "Role").find(({ metadata }) => metadata.name.endsWith("-leader-election"))).flatMap(
          ({ resourceNames = [] }) => resourceNames,
        )
      for (const [release, values, name, expected] of [
        ["firesteel", {}, "firesteel", "firesteel"],
        ["spark-operator", { nameOverride: "spark-operator" }, "spark-operator", "spark-operator-controller-lock"],
        ["etl", { nameOverride: "spark-operator" }, "spark-operator", "etl-spark-operator-controller-lock"],
        ["etl", { nameOverride: "spark-operator", fullnameOverride: "x" }, "spark-operator", "x-controller-lock"],
        ["etl", { nameOverride: "other" }, "other", "etl-other"],
      ] as const) {
        const manifests = yield* rendered(values, "firesteel", release)
        const { metadata, spec } = only(manifests, "Deployment")
        const selected = { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": release }
        assert.deepStrictEqual(spec.selector.matchLabels, selected)
        assert.include(metadata.labels, { ...selected, "app.kubernetes.io/component": "controller" })
        assert.include(spec.template.metadata.labels, { ...selected, "app.kubernetes.io/component": "controller" })
        assert.strictEqual(lease(manifests), expected)
        assert.deepStrictEqual(granted(manifests), [expected])
      }
      const own = yield* rendered({
        controller: {
          labels: { "app.kubernetes.io/component": "mine", "app.kubernetes.io/name": "mine", team: "data" },
        },
      })
      assert.include(only(own, "Deployment")["spec"].template.metadata.labels, {
        "app.kubernetes.io/component": "mine",
        "app.kubernetes.io/name": "firesteel",
        team: "data",
      })
    }),
  )

  it.effect("has admission policies where they are asked for, for the namespaces of the operator", () =>
    Effect.gen(function* () {
      const [policyKind, bindingKind] = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]
      assert.deepStrictEqual(of(yield* rendered(), policyKind), [])
      const everywhere = yield* rendered({ admissionPolicy: { enable: true } })
      const policies = of(everywhere, policyKind)
      assert.sameMembers(
        policies.map(({ spec }) => spec.matchConstraints.resourceRules[0].resources[0]),
        crds.filter(({ spec }) => spec.group === "sparkoperator.k8s.io").map(({ spec }) => spec.names.plural),
      )
      for (const { spec } of policies) {
        assert.strictEqual(spec.failurePolicy, "Fail")
        assert.isAbove(spec.validations.length, 3)
      }
      const bindings = of(everywhere, bindingKind)
      assert.sameMembers(
        bindings.map(({ spec }) => spec.policyName),
        policies.map(({ metadata }) => metadata.name),
      )
      for (const { spec } of bindings) assert.isUndefined(spec.matchResources)
      const some = yield* rendered({ admissionPolicy: { enable: true }, spark: { jobNamespaces: ["a", "b"] } })
      for (const { spec } of of(some, bindingKind)) {
        assert.deepStrictEqual(spec.validationActions, ["Deny"])
        assert.deepStrictEqual(spec.matchResources.namespaceSelector.matchExpressions, [
          { key: "kubernetes.io/metadata.name", operator: "In", values: ["a", "b"] },
        ])
      }
    }),
  )

  it.effect("binds admission policies to the namespaces that are selected by label as well", () =>
    Effect.gen(function* () {
      const bound = (spark: object) =>
        Effect.map(rendered({ admissionPolicy: { enable: true }, spark }), (manifests) =>
          of(manifests, "ValidatingAdmissionPolicyBinding")
            .filter(({ spec }) => spec.policyName.endsWith("-sparkconnects"))
            .map(({ spec }) => spec.matchResources?.namespaceSelector.matchExpressions),
        )
      const jobNamespaceSelector = "team in (a, b),!legacy,x=y, z != w,k notin (q),only,example.com/p==1"
      const selected = [
        { key: "team", operator: "In", values: ["a", "b"] },
        { key: "legacy", operator: "DoesNotExist" },
        { key: "x", operator: "In", values: ["y"] },
        { key: "z", operator: "NotIn", values: ["w"] },
        { key: "k", operator: "NotIn", values: ["q"] },
        { key: "only", operator: "Exists" },
        { key: "example.com/p", operator: "In", values: ["1"] },
      ]
      const listed = [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["listed"] }]
      assert.deepStrictEqual(yield* bound({ jobNamespaceSelector }), [selected])
      assert.deepStrictEqual(yield* bound({ jobNamespaceSelector, jobNamespaces: ["listed"] }), [listed, selected])
      assert.deepStrictEqual(yield* bound({ jobNamespaceSelector, jobNamespaces: ["listed", ""] }), [undefined])
      const { message } = yield* Effect.flip(bound({ jobNamespaceSelector: "team=a,age>1" }))
      assert.match(message, /"age>1" in spark\.jobNamespaceSelector has no equivalent/)
    }),
  )

  it.effect("needs a Kubernetes that has the API of the policies, and says so", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(
        helm([
          "template",
          "x",
          `${charts}/firesteel`,
          "--kube-version",
          "1.29.4",
          "--set",
          "admissionPolicy.enable=true",
        ]),
      )
      assert.match(message, /requires kubeVersion: >=1\.30\.0-0 which is incompatible with Kubernetes v1\.29\.4/)
    }),
  )

  it.effect("attaches routes of the Gateway API to the Gateways of its values", () =>
    Effect.gen(function* () {
      const gatewayParentRefs = [{ name: "public", namespace: "gateways", sectionName: "https" }]
      const urlFormat = "https://spark.example.com/{{$appName}}"
      const manifests = yield* rendered({
        controller: { uiIngress: { enable: true, urlFormat }, uiRoute: "gateway", gatewayParentRefs },
      })
      const { children } = settingsOf(manifests).pods.build
      assert.deepStrictEqual([children?.uiRoute, children?.gatewayParents], ["gateway", gatewayParentRefs])
      assert.strictEqual(settingsOf(yield* rendered()).pods.build.children?.uiRoute, "ingress")
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
      const annotations = (all: ReadonlyArray<Manifest>) =>
        only(all, "Deployment")["spec"].template.metadata.annotations
      const annotated = (all: ReadonlyArray<Manifest>) => annotations(all)["prometheus.io/scrape"] === "true"
      assert.isTrue(annotated(yield* rendered()))
      const off = annotations(yield* rendered({ prometheus: { metrics: { enable: false } } }))
      assert.deepStrictEqual(
        Object.keys(off).filter((key) => key.startsWith("prometheus.io")),
        [],
      )
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
      // Tools find the metrics by these also where a monitor scrapes them.
      assert.include(annotations(pods), { "prometheus.io/port": "8080", "prometheus.io/path": "/metrics" })
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
      assert.sameMembers([...accesses(rulesOf(role))], [...accesses(rightsOf(flagsOf(manifests), true).settings)])
      assert.deepStrictEqual(rulesOf(role)[0]?.resourceNames, [metadata.name])
    }),
  )

  it.effect("gives the operator its prices, with the right to follow them, and nodes if prices depend on these", () =>
    Effect.gen(function* () {
      const costPrices = { currency: "EUR", cpuCoreHour: 0.031, gpuHour: "2.5" }
      const general = yield* rendered({ controller: { costPrices } })
      const { metadata, data } = only(general, "ConfigMap")
      assert.deepStrictEqual(data, { currency: "EUR", cpuCoreHour: "0.031", gpuHour: "2.5" })
      assert.deepStrictEqual(readPrices(data).problems, [])
      assert.strictEqual(settingsOf(general).cost.prices, `firesteel-system/${metadata.name}`)
      const role = of(general, "Role").find((one) => one.metadata.name === metadata.name)
      assert.sameMembers([...accesses(rulesOf(role))], [...accesses(rightsOf(flagsOf(general), true).settings)])
      assert.deepStrictEqual(rulesOf(role)[0]?.resourceNames, [metadata.name])
      const nodesOf = (manifests: typeof general) =>
        of(manifests, "ClusterRole").filter((one) => one.metadata.name === metadata.name)
      assert.deepStrictEqual(nodesOf(general), [])

      const nodes = [{ labels: { pool: "spot" }, cpuCoreHour: 0.01 }]
      const byNode = yield* rendered({ controller: { costPrices: { ...costPrices, nodes } } })
      assert.deepStrictEqual(readPrices(only(byNode, "ConfigMap")["data"]).value.nodes, nodes)
      assert.sameMembers([...accesses(rulesOf(nodesOf(byNode)[0]))], ["list nodes", "watch nodes"])
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
    ["routes without Gateways", { controller: { uiRoute: "gateway" } }, /gatewayParentRefs/],
    ["a way to a UI that does not exist", { controller: { uiRoute: "nginx" } }, /uiRoute/],
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
