import { assert, describe, it } from "@effect/vitest"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import type { Deployment } from "kubernetes-types/apps/v1"
import type { Namespace, Pod, ServiceAccount } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../../src/api/application/SparkApplicationStatus.ts"
import { crds } from "../../../src/api/Crds.ts"
import type { ClusterFacts } from "../../../src/cli/migration/ClusterFacts.ts"
import { checkCluster } from "../../../src/cli/migration/ClusterRules.ts"
import { flagValue, inheritedFlags, operatorOf, overlap } from "../../../src/cli/migration/Operators.ts"
import { takeOver } from "../../../src/cli/migration/TakeOver.ts"
import { foreignDefinition, olderDefinition, ourDefinition } from "../../support/ForeignDefinition.ts"
import { sparkPi } from "../../support/OperatorBench.ts"

const [, ...others] = crds as unknown as ReadonlyArray<CustomResourceDefinition>

const withoutStatusField = (definition: CustomResourceDefinition, field: string) => {
  const copy = structuredClone(definition)
  delete copy.spec.versions[0]!.schema!.openAPIV3Schema!.properties!["status"]!.properties![field]
  return copy
}

const deployment = (name: string, image: string, args: ReadonlyArray<string>, replicas = 1): Deployment => ({
  metadata: { namespace: "operators", name },
  spec: {
    replicas,
    selector: {},
    template: { spec: { containers: [{ name: "main", image, args: [...args] }] } },
  },
})

const kubeflow = (namespaces: string, replicas = 1, more: ReadonlyArray<string> = []) =>
  deployment(
    "spark-operator-controller",
    "ghcr.io/kubeflow/spark-operator/controller:2.5.2",
    ["controller", "start", `--namespaces=${namespaces}`, ...more],
    replicas,
  )
const webhook = (replicas = 1) =>
  deployment(
    "spark-operator-webhook",
    "ghcr.io/kubeflow/spark-operator/controller:2.5.2",
    ["webhook", "start"],
    replicas,
  )
const firesteel = (...namespaces: ReadonlyArray<string>) =>
  deployment("firesteel", "ghcr.io/firesteel/firesteel:0.1.0", [
    "operator",
    ...namespaces.map((it) => `--namespaces=${it}`),
  ])

const namespace = (name: string, labels: Record<string, string>): Namespace => ({ metadata: { name, labels } })

const launched = { "sparkoperator.k8s.io/launched-by-spark-operator": "true" }
const mutated = { "sparkoperator.k8s.io/mutated-by-spark-operator": "true" }

const configuration = (failurePolicy = "Fail", matchLabels: Record<string, string> = launched) => ({
  kind: "MutatingWebhookConfiguration" as const,
  metadata: { name: "spark-operator-webhook" },
  webhooks: [
    {
      name: "mutate--v1-pod.sparkoperator.k8s.io",
      admissionReviewVersions: ["v1"],
      sideEffects: "None",
      failurePolicy,
      clientConfig: {},
      objectSelector: { matchLabels },
      rules: [{ resources: ["pods"], operations: ["CREATE"] } as object],
    },
  ],
})
const theirDriver: Pod = { metadata: { labels: { ...launched, ...mutated } }, status: { phase: "Running" } }

const facts = (changes: Partial<ClusterFacts> = {}): ClusterFacts => ({
  applications: [],
  schedules: [],
  connects: [],
  drivers: [],
  servers: [],
  namespaces: [],
  deployments: [],
  definitions: [ourDefinition, ...others],
  webhooks: [],
  serviceAccounts: [],
  missingRights: [],
  unread: [],
  ...changes,
})

const account = "spark-operator-spark"
const chartAccount: ServiceAccount = {
  metadata: {
    namespace: "default",
    name: account,
    labels: { "helm.sh/chart": "spark-operator-2.5.2" },
    annotations: { "meta.helm.sh/release-name": "spark-operator" },
  },
}

/** What is not a note, in one line each. */
const told = (changes: Partial<ClusterFacts>) =>
  checkCluster(facts(changes)).flatMap(({ kind, findings }) =>
    findings
      .filter(({ severity }) => severity !== "note")
      .map(({ severity, field, message }) => `${severity} ${kind} ${field}: ${message}`),
  )

describe("a cluster", () => {
  const changed = (change: (definition: CustomResourceDefinition) => void) => {
    const definition = structuredClone(ourDefinition)
    change(definition)
    return [definition, ...others]
  }
  const table: ReadonlyArray<readonly [string, Partial<ClusterFacts>, ReadonlyArray<RegExp>]> = [
    ["that has our definition and nothing else is ready", {}, []],
    [
      "without a definition needs one",
      { definitions: others },
      [/^warning CustomResourceDefinition : does not exist; kubectl apply/],
    ],
    [
      "with kubeflow's definition needs ours first",
      { definitions: [foreignDefinition, ...others] },
      [
        /^warning CustomResourceDefinition spec\.versions: lacks status\.applicationState\.since, .* and \d+ more: the API server drops what Firesteel remembers of runs, so Firesteel submits nothing; kubectl apply .*--force-conflicts -f crds\/ first\./,
      ],
    ],
    [
      "with kubeflow's definition under a running Firesteel loses status",
      { definitions: [foreignDefinition, ...others], deployments: [firesteel()] },
      [/^problem CustomResourceDefinition spec\.versions: /],
    ],
    [
      "with the definition of an earlier Firesteel is told what that lacks",
      { definitions: [olderDefinition(), ...others], deployments: [firesteel()] },
      [
        /^problem CustomResourceDefinition spec\.versions: lacks the values "RESUMING" of status\.applicationState\.state, status\.attempts\[\]\.failure: .*-f crds\/\./,
      ],
    ],
    [
      "whose definition lacks a field that users set loses it",
      {
        definitions: changed(({ spec }) => {
          delete spec.versions[0]!.schema!.openAPIV3Schema!.properties!["spec"]!.properties!["deadlines"]
        }),
        deployments: [firesteel()],
      },
      [/^warning CustomResourceDefinition spec\.versions: lacks spec\.deadlines: the API server drops or refuses/],
    ],
    [
      "whose definition does not serve the version needs one",
      {
        definitions: changed(({ spec }) => {
          spec.versions[0]!.name = "v1"
        }),
      },
      [/^warning CustomResourceDefinition spec\.versions: does not serve v1beta2; kubectl apply/],
    ],
    [
      "with a definition of schedules that lacks parts of the status needs ours first",
      { definitions: [ourDefinition, withoutStatusField(others[0]!, "handledUntil"), ...others.slice(1)] },
      [
        /^warning CustomResourceDefinition spec\.versions: lacks status\.handledUntil: the API server drops what Firesteel remembers/,
      ],
    ],
    [
      "that may hold objects of a version that is gone cannot take our definition",
      {
        definitions: changed((definition) => {
          definition.status = {
            storedVersions: ["v1beta1", "v1beta2"],
            acceptedNames: definition.spec.names,
            conditions: [],
          }
        }),
      },
      [/^problem CustomResourceDefinition status\.storedVersions: .*v1beta1/],
    ],
    [
      "whose definition belongs to a Helm release would lose all applications with it",
      {
        definitions: changed((definition) => {
          definition.metadata!.annotations = { "meta.helm.sh/release-name": "spark-operator" }
        }),
      },
      [
        /^problem CustomResourceDefinition metadata\.annotations: helm uninstall spark-operator would delete it.*=keep$/,
      ],
    ],
    [
      "whose definition converts by a webhook is warned",
      {
        definitions: changed((definition) => {
          definition.spec.conversion = { strategy: "Webhook" }
        }),
      },
      [/^warning CustomResourceDefinition spec\.conversion: /],
    ],
    [
      "in which kubeflow's operator runs is told how to stop it",
      { deployments: [kubeflow("")] },
      [
        /^warning Deployment replicas: manages all namespaces; .*scale deployment\/spark-operator-controller --replicas=0/,
      ],
    ],
    ["in which it is scaled to 0 is fine", { deployments: [kubeflow("", 0)] }, []],
    [
      "in which both work on one namespace has a problem",
      { deployments: [kubeflow("a,b"), firesteel("b,c")] },
      [/^problem Deployment replicas: manages b, and so does Firesteel/],
    ],
    [
      "in which each has its own namespaces has none",
      { deployments: [kubeflow("a"), firesteel("b")] },
      [/^warning Deployment replicas: manages a; /],
    ],
    [
      "in which both select the same namespace, one by its labels, has a problem",
      {
        deployments: [kubeflow("a", 1, ["--namespace-selector=team=x"]), firesteel("b")],
        namespaces: [namespace("b", { team: "x" }), namespace("c", { team: "y" })],
      },
      [/^problem Deployment replicas: manages b, and so does Firesteel/],
    ],
    [
      "in which each selects other namespaces has none",
      {
        deployments: [
          kubeflow("", 1, ["--namespace-selector=team=x"]),
          firesteel("b"),
          deployment("second", "ghcr.io/firesteel/firesteel:0.1.0", ["operator", "--namespace-selector=team=y"]),
        ],
        namespaces: [namespace("a", { team: "x" }), namespace("c", { team: "y" })],
      },
      [/^warning Deployment replicas: manages a; /],
    ],
    [
      "with a webhook that is served is told to delete it in time",
      { deployments: [webhook()], webhooks: [configuration()] },
      [
        /^warning MutatingWebhookConfiguration webhooks: it adds to pods .*kubectl delete mutatingwebhookconfiguration spark-operator-webhook$/,
      ],
    ],
    [
      "with a webhook that running drivers need is told to narrow it to them",
      { deployments: [webhook()], webhooks: [configuration()], drivers: [theirDriver] },
      [
        /^warning MutatingWebhookConfiguration webhooks: .*a running driver needs it.*kubectl patch .*\{"op":"add","path":"\/webhooks\/0\/objectSelector\/matchLabels\/sparkoperator.k8s.io~1mutated-by-spark-operator","value":"true"\}\]'$/,
      ],
    ],
    [
      "in which Firesteel's pods pass through that webhook has a problem",
      { deployments: [webhook(), firesteel()], webhooks: [configuration()], drivers: [theirDriver] },
      [/^problem MutatingWebhookConfiguration webhooks: it adds to pods of Firesteel/],
    ],
    [
      "with a webhook that is narrowed is ready",
      {
        deployments: [webhook(), firesteel()],
        webhooks: [configuration("Fail", { ...launched, ...mutated })],
        drivers: [theirDriver],
      },
      [],
    ],
    [
      "with a webhook left behind refuses pods",
      { deployments: [webhook(0)], webhooks: [configuration()] },
      [/^problem MutatingWebhookConfiguration webhooks: it is not served/],
    ],
    [
      "with a webhook left behind that may fail is only untidy",
      { webhooks: [configuration("Ignore")] },
      [/^warning MutatingWebhookConfiguration webhooks: it is no longer served/],
    ],
    [
      "whose drivers run as an account of kubeflow's release would lose their rights with it",
      {
        applications: [sparkPi("pi", {}, { driver: { serviceAccount: "spark-operator-spark" } })],
        serviceAccounts: [chartAccount],
      },
      [/^warning ServiceAccount metadata\.annotations: .*helm uninstall spark-operator would delete it/],
    ],
    [
      "whose schedules alone name such an account would lose their rights, too",
      {
        schedules: [
          {
            metadata: { name: "nightly", namespace: "default", uid: "s" },
            spec: { schedule: "@daily", template: sparkPi("pi", {}, { driver: { serviceAccount: account } }).spec },
          },
        ],
        serviceAccounts: [chartAccount],
      },
      [/^warning ServiceAccount metadata\.annotations: .*helm uninstall spark-operator would delete it/],
    ],
    [
      "whose Connect servers alone name such an account would lose their rights, too",
      {
        connects: [
          {
            metadata: { name: "notebooks", namespace: "default", uid: "c" },
            spec: {
              sparkVersion: "4.3.0",
              server: { template: { spec: { serviceAccount: account, containers: [] } } },
              executor: {},
            },
          },
        ],
        serviceAccounts: [chartAccount],
      },
      [/^warning ServiceAccount metadata\.annotations: .*helm uninstall spark-operator would delete it/],
    ],
    ["that has such an account which nothing names has nothing to lose", { serviceAccounts: [chartAccount] }, []],
    [
      "in which Firesteel lacks a right has a problem",
      { missingRights: [{ operator: operatorOf(firesteel())!, namespace: "jobs", rights: ["create pods"] }] },
      [/^problem Deployment serviceAccountName: default may not create pods in jobs/],
    ],
    [
      "that may not be read is said so",
      { unread: [{ what: "deployments", why: "forbidden" }] },
      [/^warning cluster : cannot be checked, because you are not allowed to read them: forbidden/],
    ],
    [
      "whose applications may not be read is not checked at all",
      { unread: [{ what: "sparkapplications", why: "forbidden" }] },
      [/^problem cluster : cannot be checked/],
    ],
  ]

  it.each(table)("%s", (_title, changes, wanted) => {
    const found = told(changes)
    assert.strictEqual(found.length, wanted.length, found.join("\n"))
    for (const [index, pattern] of wanted.entries()) assert.match(found[index]!, pattern)
  })

  it("reports drivers that cannot be distinguished from those of Firesteel", () => {
    const driver = {
      metadata: { namespace: "default", labels: { ...launched, "sparkoperator.k8s.io/app-name": "pi" } },
    }
    const status = { submissionID: "s-1", applicationState: { state: "RUNNING" } } as SparkApplicationStatus
    const at = (more: object) =>
      told({
        deployments: [webhook()],
        webhooks: [configuration()],
        drivers: [driver],
        applications: [{ ...sparkPi("pi"), status: { ...status, ...more } }],
      })[0]
    assert.match(at({})!, /a running driver has no label .*: let them end first .*; after stopping kubeflow's operator/)
    assert.notInclude(at({ runSpecHash: "x" }), "no label")
  })

  it("reports when a narrowed webhook is no longer needed", () => {
    const at = (phase: string) =>
      checkCluster(
        facts({
          deployments: [webhook()],
          webhooks: [configuration("Fail", mutated)],
          drivers: [{ ...theirDriver, status: { phase } }],
        }),
      )[0]?.findings[0]?.message
    assert.include(at("Running"), "after they have ended, kubectl delete mutatingwebhookconfiguration")
    assert.include(at("Succeeded"), "no driver needs it; kubectl delete mutatingwebhookconfiguration")
  })

  it("reports which settings keep the prefix and labels of its metrics", () => {
    const [checked] = checkCluster(
      facts({ deployments: [kubeflow("", 0, ["--metrics-prefix=p_", "--metrics-labels=app_type,team"])] }),
    )
    const metrics = checked?.findings.find(({ field }) => field === "metrics")
    assert.include(metrics?.message, "prometheus.metrics.prefix=p_ and prometheus.metrics.labels=app_type\\,team")
  })
})

describe("a Deployment", () => {
  it("is recognized as an operator by image, arguments or label", () => {
    const v1 = deployment("sparkoperator", "gcr.io/spark-operator/spark-operator:v1beta2-1.3.8", [
      "-v=2",
      "-namespace=jobs",
    ])
    const mirrored = kubeflow("a")
    mirrored.spec!.template.spec!.containers[0]!.image = "mirror.local/operator:1"
    mirrored.metadata!.labels = { "app.kubernetes.io/name": "spark-operator" }
    const dropIn = deployment("etl-spark-operator", "mirror.local/fs:1", ["operator"])
    dropIn.metadata!.labels = { "app.kubernetes.io/name": "spark-operator", "helm.sh/chart": "firesteel-1.2.3" }
    assert.deepStrictEqual(
      [kubeflow(""), webhook(), firesteel(), v1, mirrored, dropIn, deployment("web", "nginx", [])]
        .map(operatorOf)
        .map((operator) => operator && [operator.kind, operator.namespaces]),
      [
        ["kubeflow", []],
        ["kubeflow-webhook", []],
        ["firesteel", []],
        ["kubeflow", ["jobs"]],
        ["kubeflow", ["a"]],
        ["firesteel", []],
        undefined,
      ],
    )
  })

  it("has flags with one or two dashes, with = or as two words; the last counts", () => {
    assert.strictEqual(flagValue(["-a=1", "--a", "2"], "a"), "2")
    assert.strictEqual(flagValue(["--a=x=y"], "a"), "x=y")
    assert.strictEqual(flagValue(["--ab=1"], "a"), undefined)
  })

  it("passes its settings to the check", () => {
    const args = ["--enable-batch-scheduler=true", "--ingress-url-format={{$appName}}.x", "--zap-log-level=1"]
    const operator = operatorOf(kubeflow("", 1, args))!
    assert.deepStrictEqual(inheritedFlags([operator]), args.slice(0, 2))
  })

  it("overlaps with another one that manages the same namespaces", () => {
    assert.strictEqual(overlap(undefined, undefined), "all namespaces")
    assert.strictEqual(overlap(["a", "b"], undefined), "a, b")
    assert.strictEqual(overlap(["a"], ["b"]), undefined)
    assert.strictEqual(overlap([], undefined), undefined)
  })
})

describe("an application that is to be taken over", () => {
  const application = (state: string, status: object = {}): SparkApplication => ({
    ...sparkPi("pi"),
    metadata: { name: "pi", namespace: "default", uid: "u-1" },
    status: {
      applicationState: { state },
      driverInfo: { podName: "pi-driver" },
      submissionID: "s-1",
      ...status,
    } as SparkApplicationStatus,
  })
  const driver = (uid: string, submissionId: string): Pod => ({
    metadata: {
      namespace: "default",
      name: "pi-driver",
      ownerReferences: [{ apiVersion: "", kind: "", name: "pi", uid }],
      labels: {
        "sparkoperator.k8s.io/app-name": "pi",
        "sparkoperator.k8s.io/launched-by-spark-operator": "true",
        "sparkoperator.k8s.io/submission-id": submissionId,
      },
    },
  })
  const fate = (state: string, drivers: ReadonlyArray<Pod>, status: object = {}) =>
    takeOver(application(state, status), drivers).map(({ severity, message }) => `${severity} ${message}`)

  it("keeps its driver if the application owns it", () => {
    assert.deepStrictEqual(fate("RUNNING", [driver("u-1", "s-1")]), [
      "note RUNNING: is taken over with its driver pod, which continues unchanged",
    ])
  })

  it("with a template for executors is reported with what they lack without kubeflow's webhook", () => {
    const running = application("RUNNING")
    const template = { spec: { containers: [] } }
    const found = takeOver({ ...running, spec: { ...running.spec, executor: { template } } } as SparkApplication, [
      driver("u-1", "s-1"),
    ])
    assert.deepStrictEqual(
      found.map(({ severity, field }) => [severity, field]),
      [
        ["note", "status"],
        ["note", "spec.executor.template"],
      ],
    )
  })

  it("is a problem if its driver would not be recognized", () => {
    assert.match(fate("RUNNING", [driver("other", "s-1")])[1]!, /^problem .*ownerReferences/)
    assert.match(fate("SUBMITTED", [driver("u-1", "s-2")])[1]!, /^problem .*submission-id/)
    assert.match(fate("RUNNING", [])[1]!, /^warning .*does not exist/)
  })

  it("is waited for while it is being submitted", () => {
    assert.match(fate("", [driver("u-1", "s-9")])[1]!, /^warning .*check again in a minute/)
    assert.strictEqual(fate("PENDING_RERUN", []).length, 1)
  })

  it("is not reported if Firesteel already runs it", () => {
    assert.deepStrictEqual(fate("RUNNING", [], { runSpecHash: "x" }), [])
  })
})
