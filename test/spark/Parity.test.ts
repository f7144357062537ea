/** What the default mode adds to the objects of spark-submit, to the last field: `docs/submission.md` gives the reasons. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { children } from "../../src/spark/Children.ts"
import { build, defaultMaster, type BuildOptions } from "../../src/spark/driver/Build.ts"
import { applicationOf, submissionId, type GoldenCase } from "../golden/GoldenCase.ts"
import { goldenCases, goldenVersions } from "../golden/GoldenCases.ts"
import { validate } from "../support/SparkFixture.ts"

const caseOf = (name: string): GoldenCase => {
  const found = goldenCases.find((golden) => golden.name === name)
  assert.isDefined(found, name)
  return found
}

/** All objects by their kind; equal kinds are numbered. */
const objects = (
  golden: GoldenCase,
  version: string,
  parity: "default" | "strict",
  more: Partial<BuildOptions> = {},
) => {
  const valid = Result.getOrThrow(validate(applicationOf(golden, version)))
  const submission = { submissionId, submittedAt: 1_790_000_000_000, attempt: 1 }
  const options = { master: defaultMaster, parity, ...more }
  const { pod, service, configMaps } = build(valid, submission, options)
  const others = children(valid, submission, options).map(({ object }) => object)
  const { "podspec-configmap-key": template = "", ...data } = Object.assign({}, ...configMaps.map(({ data }) => data))
  return {
    Pod: pod,
    Service: service,
    Template: JSON.parse(template),
    ConfigMaps: configMaps.length,
    Configuration: { ...configMaps.at(-1), data },
    NetworkPolicy: others[0],
  }
}

/** The paths at which two values differ, with the value that came. */
const additions = (before: unknown, after: unknown, path = ""): ReadonlyArray<readonly [string, unknown]> => {
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) {
    return before === after ? [] : [[path, after]]
  }
  const [old, fresh] = [before, after] as ReadonlyArray<Readonly<Record<string, unknown>>>
  const keys = new Set([...Object.keys(old ?? {}), ...Object.keys(fresh ?? {})])
  return [...keys].flatMap((key) => additions(old?.[key], fresh?.[key], `${path}/${key}`))
}

const labels = {
  "sparkoperator.k8s.io/app-name": "spark-pi",
  "sparkoperator.k8s.io/submission-id": submissionId,
  "sparkoperator.k8s.io/created-by-spark-operator": "true",
}
const labelled = (path: string) => Object.entries(labels).map(([label, value]) => [`${path}/${label}`, value] as const)
const annotations = {
  "resource.opentelemetry.io/service.name": "spark-pi",
  "resource.opentelemetry.io/service.namespace": "jobs",
  "resource.opentelemetry.io/spark.application.attempt": "1",
}
const template = "/Template/spec/enableServiceLinks"

const added = (name: string, version: string, more?: Partial<BuildOptions>) =>
  Object.fromEntries(
    additions(objects(caseOf(name), version, "strict", more), objects(caseOf(name), version, "default", more)),
  )

describe("default mode", () => {
  it("adds namespaces, labels, attributes of the service, publishing of addresses and silence about other Services, saves a ConfigMap, and nothing else", () => {
    for (const version of goldenVersions.filter((version) => version < "4.2")) {
      assert.deepStrictEqual(added("minimal", version), {
        "/Pod/metadata/namespace": "jobs",
        "/Pod/metadata/annotations": annotations,
        "/Template/metadata/annotations": annotations,
        "/Pod/spec/enableServiceLinks": false,
        "/Service/metadata/namespace": "jobs",
        ...Object.fromEntries(labelled("/Service/metadata/labels")),
        "/Service/spec/publishNotReadyAddresses": true,
        "/ConfigMaps": 1,
        "/Pod/spec/volumes/0/configMap/name": objects(caseOf("minimal"), version, "default").Configuration.metadata
          ?.name,
        [template]: false,
        "/Configuration/metadata/labels": labels,
      })
    }
  })

  it("labels the NetworkPolicy of Spark 4.2 and later too", () => {
    for (const version of ["4.2.0", "4.3.0"]) {
      const policy = Object.entries(added("minimal", version)).filter(([path]) => path.startsWith("/NetworkPolicy"))
      assert.deepStrictEqual(Object.fromEntries(policy), Object.fromEntries(labelled("/NetworkPolicy/metadata/labels")))
    }
  })

  it("shows kubectl which container of several is Spark's", () => {
    const annotations = "/Pod/metadata/annotations"
    const key = "kubectl.kubernetes.io/default-container"
    const [path, value] = Object.entries(added("driver-template", "4.0.5")).find(
      ([path]) => path.startsWith(annotations) && path.endsWith(key),
    )!
    assert.deepStrictEqual([path, value], [`${annotations}/${key}`, "spark-kubernetes-driver"])
  })

  it("leaves to a template whether it wants service links", () => {
    assert.notProperty(added("driver-template", "4.0.5"), "/Pod/spec/enableServiceLinks")
  })

  it("leaves to the configuration of Spark 4.3 whether addresses are published", () => {
    assert.notProperty(added("newer-keys", "4.3.0"), "/Service/spec/publishNotReadyAddresses")
    assert.property(added("newer-keys", "4.2.0"), "/Service/spec/publishNotReadyAddresses")
  })

  it("gives the driver variables of the operator, which strict parity does not", () => {
    const variable = { name: "TRACEPARENT", value: "00-0" }
    const paths = added("minimal", "4.0.5", { driverEnv: [variable] })
    assert.deepStrictEqual(paths["/Pod/spec/containers/0/env/5"], variable)
  })
})
