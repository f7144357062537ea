import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Option, Result } from "effect"
import { type Flags, flagName, problemLines, variableName } from "../../src/settings/Flag.ts"
import { decodeSettings, settingsFlags } from "../../src/settings/Settings.ts"
import { settingsPage } from "../../tools/SettingsPage.ts"

const settings = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Result.getOrThrowWith(decodeSettings(args, env), (problems) => new Error(problemLines(problems)))

const problems = (args: ReadonlyArray<string>, env: Record<string, string> = {}) => {
  const decoded = decodeSettings(args, env)
  return Result.isFailure(decoded) ? problemLines(decoded.failure).split("\n") : []
}

describe("Settings", () => {
  it("needs no flags", () => {
    const defaults = settings([])
    assert.strictEqual(defaults.metrics.bindAddress, ":8080")
    assert.strictEqual(defaults.kube.deadlineSeconds, 30)
    assert.deepStrictEqual(defaults.policy.deadlines, { submittedSeconds: 300, startedSeconds: 900 })
    assert.strictEqual(defaults.policy.timeToLiveSeconds, undefined)
    assert.strictEqual(defaults.kube.kubeconfig, undefined)
    assert.deepStrictEqual(defaults.namespaces, [])
    assert.deepStrictEqual(defaults.metrics.legacy, ["v1", "v2"])
  })

  it("prefers the flag to the environment and the environment to the default", () => {
    const env = { FIRESTEEL_REQUEST_TIMEOUT: "7s", FIRESTEEL_STATUS_WORKERS: "5" }
    const decoded = settings(["--request-timeout", "9s"], env)
    assert.strictEqual(decoded.kube.deadlineSeconds, 9)
    assert.deepStrictEqual(decoded.workers, { status: 5, submission: 10 })
  })

  it("treats an empty environment variable as unset", () => {
    assert.strictEqual(settings([], { FIRESTEEL_REQUEST_TIMEOUT: "" }).kube.deadlineSeconds, 30)
  })

  it("reports field, value and what is allowed, for all mistakes at once", () => {
    assert.deepStrictEqual(
      problems([
        "--request-timeout",
        "soon",
        "--status-workers=0",
        "--log-format=xml",
        "--metrics-bind-address=:99999",
      ]),
      [
        '--status-workers: "0" does not fit; use a whole number from 1 to 1000',
        '--request-timeout: "soon" does not fit; use a duration such as 30s, 5m or 1h30m',
        '--metrics-bind-address: ":99999" does not fit; use an address such as :8080 or 127.0.0.1:8080, or 0 for off',
        '--log-format: "xml" does not fit; use auto, json or pretty',
      ],
    )
  })

  it("names the environment variable that has the mistake", () => {
    assert.deepStrictEqual(problems([], { FIRESTEEL_LOG_LEVEL: "loud" }), [
      'FIRESTEEL_LOG_LEVEL: "loud" does not fit; use trace, debug, info, warn or error',
    ])
  })

  it("takes a label selector of namespaces as it is, and refuses one that Kubernetes would refuse", () => {
    const of = (selector: string) => settings([`--namespace-selector=${selector}`]).namespaceSelector
    assert.strictEqual(of("team in (a,b),!legacy"), "team in (a,b),!legacy")
    assert.isUndefined(of(""))
    assert.deepStrictEqual(problems(["--namespace-selector=team in a"]), [
      '--namespace-selector: "team in a" does not fit; use a label selector such as team=a,env in (dev,test),!legacy, or empty for none',
    ])
  })

  it("reads labels of all pods as pairs or as JSON, and names what pods cannot have", () => {
    const of = (text: string) => settings([`--pod-labels=${text}`]).pods.metadata.applications.labels
    assert.deepStrictEqual(of("team=data, env="), { team: "data", env: "" })
    assert.deepStrictEqual(of('{"team":"data"}'), { team: "data" })
    assert.deepStrictEqual(of(""), {})
    const { metadata } = settings([`--pod-annotations={"a":"b, c=d"}`, "--submission-parity=strict"]).pods
    assert.deepStrictEqual(metadata.applications.annotations, {})
    assert.deepStrictEqual(metadata.connects.annotations, { a: "b, c=d" })
    assert.deepStrictEqual(
      problems(["--pod-labels=team", "--pod-annotations=sparkoperator.k8s.io/x=y"]).map((line) => line.split(": ")[0]),
      ["--pod-labels", "--pod-annotations"],
    )
    assert.deepStrictEqual(problems(["--pod-labels=team=-"]).length, 1)
  })

  it("reads the flags of kubeflow's operator that mean the same", () => {
    const args =
      "--namespaces=team-a,team-b --namespace-selector=spark=enabled --metrics-labels=app_type --metrics-job-start-latency-buckets=30,60 --metrics-prefix=x-"
    const decoded = settings(args.split(" "))
    assert.deepStrictEqual(decoded.namespaces, ["team-a", "team-b"])
    assert.strictEqual(decoded.namespaceSelector, "spark=enabled")
    assert.deepStrictEqual(decoded.metrics.labelKeys, ["app_type"])
    assert.deepStrictEqual(decoded.metrics.startLatencyBuckets, [30, 60])
    assert.strictEqual(decoded.metrics.prefix, "x-")
  })

  it("reads kubeflow's flags about the UI and its Ingress", () => {
    const url = "spark.example.com/{{$appName}}"
    const { children } = settings([
      "--enable-ui-service=false",
      `--ingress-url-format=${url}`,
      "--ingress-class-name=nginx",
      '--ingress-tls=[{"hosts":["spark.example.com"],"secretName":"tls"}]',
      '--ingress-annotations={"a":"b"}',
      "--enable-driver-pdb",
    ]).pods.build
    assert.deepStrictEqual(children, {
      uiService: false,
      ingressUrlFormat: url,
      ingressClassName: "nginx",
      ingressTls: [{ hosts: ["spark.example.com"], secretName: "tls" }],
      ingressAnnotations: { a: "b" },
      uiRoute: "ingress",
      gatewayParents: undefined,
      driverPodDisruptionBudget: true,
    })
  })

  it("routes of the Gateway API need the Gateways that they are attached to", () => {
    const parents = '--gateway-parent-refs=[{"name":"public","namespace":"gateways","sectionName":"https"}]'
    const { children } = settings(["--ui-route=gateway", parents]).pods.build
    assert.strictEqual(children?.uiRoute, "gateway")
    assert.deepStrictEqual(children?.gatewayParents, [{ name: "public", namespace: "gateways", sectionName: "https" }])
    assert.isUndefined(settings(["--gateway-parent-refs=[]"]).pods.build.children?.gatewayParents)
    const required = [
      '--gateway-parent-refs: is required with --ui-route=gateway; use JSON such as [{"name":"public","namespace":"gateways"}]',
    ]
    assert.deepStrictEqual(problems(["--ui-route=gateway"]), required)
    assert.deepStrictEqual(problems(["--ui-route=gateway", "--gateway-parent-refs=[]"]), required)
    for (const wrong of ["public", '[{"namespace":"a"}]', '{"name":"a"}']) {
      const [only, ...others] = problems(["--ui-route=gateway", `--gateway-parent-refs=${wrong}`])
      assert.deepStrictEqual(others, [])
      assert.match(only ?? "", /^--gateway-parent-refs: .* does not fit; use JSON such as/)
    }
    assert.lengthOf(problems(["--ui-route=nginx"]), 1)
  })

  it("0 is no deadline, off is no progress, and strict parity has no trace context", () => {
    const decoded = settings([
      "--submitted-deadline=0",
      "--running-deadline=1h",
      "--default-time-to-live=1d",
      "--spark-ui-access=off",
      "--trace-context",
      "--submission-parity=strict",
    ])
    assert.deepStrictEqual(decoded.policy, {
      deadlines: { startedSeconds: 900, runningSeconds: 3600 },
      timeToLiveSeconds: 86_400,
      maxTrackedExecutors: 1000,
      routineEvents: false,
    })
    assert.isUndefined(decoded.progress)
    assert.isFalse(decoded.pods.build.traceContext.everywhere)
  })

  it("a metrics certificate and its key are needed together, also where metrics are off", () => {
    const files = ["--metrics-tls-cert-file=tls.crt", "--metrics-tls-key-file=tls.key"] as const
    assert.deepStrictEqual(settings(files).metrics.tls, { certFile: "tls.crt", keyFile: "tls.key" })
    assert.isUndefined(settings([]).metrics.tls)
    assert.isDefined(settings([...files, "--metrics-bind-address=0"]).metrics.tls)
    const certAlone = ["--metrics-tls-cert-file: needs --metrics-tls-key-file, the key of the certificate"]
    assert.deepStrictEqual(problems(files.slice(0, 1)), certAlone)
    assert.deepStrictEqual(problems([], { FIRESTEEL_METRICS_TLS_CERT_FILE: "tls.crt" }), certAlone)
    assert.deepStrictEqual(problems(files.slice(1)), [
      "--metrics-tls-key-file: needs --metrics-tls-cert-file, the certificate of the key",
    ])
  })

  it("reports contradictions together with invalid values", () => {
    const args = ["--log-level=loud", "--metrics-tls-key-file=k", "--leader-elect", "--leader-elect-retry-period=9s"]
    assert.deepStrictEqual(
      problems(args).map((line) => line.split(":")[0]),
      ["--log-level", "--metrics-tls-key-file", "--leader-elect-resource-namespace", "--leader-elect-retry-period"],
    )
  })

  it("reports what replaces the other flags", () => {
    assert.deepStrictEqual(
      problems(["--controller-threads=10", "--zap-log-level", "debug", "--leader-election=true"]),
      [
        "--controller-threads: is a flag of kubeflow's operator; use --status-workers and --submission-workers",
        "--zap-log-level: is a flag of kubeflow's operator; use --log-level",
        "--leader-election: is a flag of kubeflow's operator; use --leader-elect",
      ],
    )
  })

  it("has a default for every setting that its own parser reads", () => {
    const flags: Flags = settingsFlags
    for (const [key, flag] of Object.entries(flags)) assert.isTrue(Option.isSome(flag.kind.parse(flag.default)), key)
  })

  it("documents every setting in docs/settings.md, which `npm run generate` keeps up to date", () => {
    const page = readFileSync(resolve(import.meta.dirname, "../../docs/settings.md"), "utf8")
    assert.strictEqual(page, settingsPage())
    for (const key of Object.keys(settingsFlags)) {
      assert.include(page, `\`${flagName(key)}\``)
      assert.include(page, `\`${variableName(key)}\``)
    }
  })
})
