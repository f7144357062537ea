/** Mistakes in a SparkHistoryServer, each with the field and what would be right. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { SparkHistoryServerSpec } from "../../src/api/history/SparkHistoryServerSpec.ts"
import { validate } from "../../src/history/Validate.ts"
import { historyServer } from "../support/HistoryFixture.ts"

type Spec = Partial<SparkHistoryServerSpec>

const problemsOf = (spec: object, metadata: object = {}): ReadonlyArray<string> =>
  Result.match(validate(historyServer(spec as Spec, metadata)), {
    onFailure: (problems) => problems.map(({ field, message }) => `${field}: ${message}`),
    onSuccess: () => [],
  })

const warningsOf = (spec: object): ReadonlyArray<string> =>
  Result.match(validate(historyServer(spec as Spec)), {
    onFailure: () => assert.fail("is not valid"),
    onSuccess: ({ warnings }) => warnings.map(({ field, message }) => `${field}: ${message}`),
  })

const directory = (fields: object) => ({ logDirectories: [{ url: "s3a://logs/spark", ...fields }] })
const onClaim = (fields: object) => directory({ url: "file:/events", claim: { claimName: "c" }, ...fields })

const mistakes: ReadonlyArray<readonly [title: string, spec: object, message: RegExp]> = [
  ["no directory", { logDirectories: [] }, /^spec\.logDirectories: .*is empty; add at least one/],
  [
    "a relative directory",
    directory({ url: "spark-events" }),
    /^spec\.logDirectories\[0\]\.url: "spark-events" is not the URL/,
  ],
  ["two directories in one URL", directory({ url: "s3a://a/x,s3a://b/y" }), /url: .* has a comma or a space.*an item/],
  [
    "a claim that is not on the file system",
    onClaim({ url: "s3a://b/x" }),
    /url: is not on the file system.*remove claim/,
  ],
  ["a claim at the root", onClaim({ url: "file:///" }), /url: is the root of the file system/],
  ["a claim without a name", onClaim({ claim: { claimName: "" } }), /claim\.claimName: is empty/],
  [
    "a path out of the volume",
    onClaim({ claim: { claimName: "c", subPath: "../x" } }),
    /claim\.subPath: "\.\.\/x" is not a path inside/,
  ],
  [
    "one directory twice",
    { logDirectories: [onClaim({}).logDirectories[0], onClaim({ url: "file:///events/" }).logDirectories[0]] },
    /^spec\.logDirectories\[1\]\.url: is the same as that of spec\.logDirectories\[0\]/,
  ],
  [
    "several directories before Spark 4.2",
    { sparkVersion: "4.1.4", logDirectories: [{ url: "s3a://a/x" }, { url: "s3a://b/y" }] },
    /^spec\.logDirectories: Spark 4\.1\.4 reads one directory only; use Spark 4\.2/,
  ],
  ["a name with a comma", directory({ name: "a,b" }), /\[0\]\.name: "a,b" is empty or has a comma/],
  [
    "a Hadoop property with Spark's prefix",
    { hadoopConf: { "spark.hadoop.a": "b" } },
    /hadoopConf\["spark\.hadoop\.a"\]: begins with spark\./,
  ],
  ["no version", { sparkVersion: "latest" }, /^spec\.sparkVersion: "latest" is not a version/],
  ["no image", { image: "" }, /^spec\.image: there is no image/],
  [
    "pods that end",
    { template: { spec: { restartPolicy: "Never", containers: [] } } },
    /restartPolicy: is Never; a Deployment restarts/,
  ],
  [
    "a template without its shape",
    { template: { spec: { containers: {} } } },
    /^spec\.template\.spec\.containers: must be a list/,
  ],
  [
    "a log directory as a property",
    { sparkConf: { "spark.history.fs.logDirectory": "x" } },
    /is set by spec\.logDirectories/,
  ],
  [
    "a cleaner as a property",
    { sparkConf: { "spark.history.fs.cleaner.enabled": "true" } },
    /only one may delete event logs; use spec\.cleaner/,
  ],
  ["a store as a property", { sparkConf: { "spark.history.store.path": "/x" } }, /is set by spec\.store/],
  ["TLS", { sparkConf: { "spark.ssl.historyServer.enabled": "true" } }, /end TLS at spec\.ingress or spec\.httpRoute/],
  ["TLS for everything", { sparkConf: { "spark.ssl.enabled": "true" } }, /end TLS at spec\.ingress/],
  ["a port that does not exist", { sparkConf: { "spark.history.ui.port": "0" } }, /"0" is not a port from 1 to 65535/],
  [
    "a size of a store in the heap",
    { store: { type: "Memory", size: "1Gi" } },
    /store\.size has no effect with type Memory/,
  ],
  [
    "a heap for a store on disk",
    { store: { type: "Disk", memory: "1g" } },
    /store\.memory has an effect with type Hybrid only/,
  ],
  ["a store of no size", { store: { type: "Disk", size: "10" } }, /^spec\.store\.size: "10" is less than 1Mi/],
  [
    "a store that is larger than the heap",
    { memory: "2g", store: { type: "Hybrid", memory: "2g" } },
    /^spec\.store\.memory: 2g is not less than the heap of 2g/,
  ],
  [
    "a limit below the heap",
    { memory: "2g", resources: { limits: { memory: "2Gi" } } },
    /limits\.memory: the limit 2Gi is not more than the heap of 2g/,
  ],
  [
    "a cleaner that cannot be read",
    { cleaner: { enabled: true, maxAge: "7 days" } },
    /^spec\.cleaner\.maxAge: "7 days" is not a time in Spark's notation/,
  ],
  [
    "a host with a scheme",
    { ingress: { host: "https://a.example.com" } },
    /^spec\.ingress\.host: .* is not a host name.*without scheme/,
  ],
  [
    "a route to nowhere",
    { httpRoute: { parentRefs: [], hostnames: ["a.example.com"] } },
    /parentRefs: is empty; name the Gateway/,
  ],
  ["a route without a host", { httpRoute: { parentRefs: [{ name: "g" }], hostnames: [] } }, /hostnames: is empty/],
  [
    "a Service of another name",
    { service: { metadata: { name: "other" } } },
    /^spec\.service\.metadata\.name: the Service has the name of the server/,
  ],
  ["a Service that leads away", { service: { spec: { type: "ExternalName" } } }, /ExternalName leads away/],
  [
    "ports that are no list",
    { service: { spec: { ports: {} } } },
    /^spec\.service\.spec: must be an object with a list of ports/,
  ],
  ["an address without a scheme", { url: "history.example.com" }, /^spec\.url: .* is not an address for browsers/],
  ["an address with a query", { url: "https://a.example.com/?x=1" }, /^spec\.url: .*without \? and #/],
  [
    "links that begin otherwise",
    { url: "https://a.example.com/history", sparkConf: { "spark.ui.proxyBase": "/other" } },
    /proxyBase"\]: is \/other, but spec\.url has the path \/history/,
  ],
  [
    "a label that nothing can have",
    { applications: { selector: { matchLabels: { "a b": "c" } } } },
    /matchLabels\["a b"\]: .*nothing could have it/,
  ],
  [
    "In without values",
    { applications: { selector: { matchExpressions: [{ key: "a", operator: "In" }] } } },
    /values: In needs at least one value/,
  ],
  [
    "Exists with values",
    { applications: { selector: { matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] } } },
    /values: Exists has no values/,
  ],
  ["no namespaces", { applications: { namespaces: [] } }, /^spec\.applications\.namespaces: is empty; remove it/],
  [
    "a pattern of namespaces",
    { applications: { namespaces: ["team-*"] } },
    /namespaces\[0\]: "team-\*" is not a namespace; use a name, or "\*"/,
  ],
  [
    "injection into pods that do not have the directory",
    { logDirectories: [{ url: "file:/events" }], applications: {} },
    /^spec\.applications\.inject: applications cannot write to spec\.logDirectories\[0\].*set inject to false/,
  ],
]

describe("a history server", () => {
  it.each(mistakes)("with %s is not accepted", (_, spec, message) => {
    const problems = problemsOf(spec)
    assert.lengthOf(problems, 1, problems.join("\n"))
    assert.match(problems[0]!, message)
  })

  it("with a name that a Service cannot have is not accepted", () => {
    assert.match(
      problemsOf({}, { name: "History" })[0]!,
      /^metadata\.name: "History" is not the name of a history server/,
    )
  })

  it("without mistakes has no warnings", () => {
    assert.deepStrictEqual(warningsOf({ applications: {} }), [])
    assert.deepStrictEqual(problemsOf({}), [])
  })

  const surprises: ReadonlyArray<readonly [title: string, spec: object, message: RegExp]> = [
    ["a field that does not exist", { replica: 2 }, /^spec\.replica: /],
    ["a directory that no volume has", { logDirectories: [{ url: "/events" }] }, /no volume is mounted.*set claim/],
    [
      "a name that Spark does not show",
      { sparkVersion: "4.1.4", logDirectories: [{ url: "s3a://a/x", name: "x" }] },
      /Spark 4\.1\.4 does not show names/,
    ],
    [
      "a claim for other namespaces",
      { applications: { namespaces: ["*"] } },
      /applications outside of team are not selected/,
    ],
    [
      "a Secret for other namespaces",
      { logDirectories: [{ url: "s3a://a/x", secretName: "keys" }], applications: { namespaces: ["other"] } },
      /applications of other namespaces get no credentials/,
    ],
    ["a property that Spark ignores", { sparkConf: { "history.ui.title": "x" } }, /does not begin with spark\./],
  ]
  it.each(surprises)("with %s is accepted with a warning", (_, spec, message) => {
    const warnings = warningsOf(spec)
    assert.lengthOf(warnings, 1, warnings.join("\n"))
    assert.match(warnings[0]!, message)
  })

  it("may have a directory on a volume of its template", () => {
    const volumeMounts = [{ name: "nfs", mountPath: "/events/" }]
    const template = { spec: { containers: [{ name: "spark-history-server", volumeMounts }] } }
    assert.deepStrictEqual(warningsOf({ template, logDirectories: [{ url: "file:///events/spark" }] }), [])
  })
})
