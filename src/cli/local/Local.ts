/**
 * Local mode from start to end: an embedded Kubernetes, the operator connected to it over HTTP as to any other cluster, a kubelet that
 * simulates the pods, the examples, and the view of all that. The host starts the operator, which this folder does not import.
 */

import { Effect, Stream, SubscriptionRef, Terminal } from "effect"
import { scheduledSparkApplications, sparkApplications, sparkConnects, sparkHistoryServers } from "../../api/Kinds.ts"
import * as EmbeddedKube from "../../local/apiserver/EmbeddedKube.ts"
import * as DeploymentController from "../../local/node/DeploymentController.ts"
import * as JobController from "../../local/node/JobController.ts"
import * as Kubelet from "../../local/node/Kubelet.ts"
import * as SparkPods from "../../local/spark/SparkPods.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { Settings } from "../../settings/Settings.ts"
import { AnyPort } from "../../telemetry/http/HttpEndpoint.ts"
import type { Host } from "../Host.ts"
import { startCluster } from "./EmbeddedCluster.ts"
import type { Example } from "./Examples.ts"
import type { LocalOptions } from "./LocalFlags.ts"
import { applyManifests, manifestsOf } from "./LocalManifests.ts"
import { type Expectations, type LocalPicture, verdictsOf, watchPicture } from "./Picture.ts"
import { showLines, showScreen } from "./Screen.ts"
import { verdictTable } from "./Table.ts"
import { playUser } from "./User.ts"
import { type LocalAddresses, addressLines } from "./View.ts"

/** Width of the summary if output is not a terminal: wide enough for a reason, narrow enough for a log viewer. */
const widthWithoutTerminal = 160

export interface LocalMode {
  readonly options: LocalOptions
  /** Of the operator; the connection is replaced by that to the embedded cluster. */
  readonly settings: Settings
  readonly host: Host
  /** Where the kubeconfig is written; exists. */
  readonly directory: string
  /** The file that logs go to, if they do. */
  readonly log: string | undefined
}

/**
 * Runs local mode until the user quits, or with `once` until every example has its final verdict or the timeout has passed.
 * Succeeds with `false` only with `once`, if an example did not end in the state that it declares.
 */
export const local = Effect.fnUntraced(function* ({ options, settings, host, directory, log }: LocalMode) {
  const examples = options.noExamples ? [] : yield* manifestsOf(options.examples ?? host.examples)
  const { kubeconfig, url, cluster } = yield* startCluster(options.apiPort, directory)

  const operator = yield* host
    .runOperator({ ...settings, kube: { ...settings.kube, kubeconfig } })
    .pipe(Effect.provideService(AnyPort, true))
  const wanted = [
    options.apiPort,
    portOf(settings.metrics.bindAddress),
    portOf(settings.healthProbeBindAddress),
    portOf(settings.console.bindAddress),
  ]
  const given = [portOf(url), portOf(operator.metricsUrl), portOf(operator.healthUrl), portOf(operator.consoleUrl)]
  const addresses: LocalAddresses = {
    console: operator.consoleUrl,
    api: url,
    metrics: operator.metricsUrl,
    healthz: operator.healthUrl && `${operator.healthUrl}/healthz`,
    readyz: operator.healthUrl && `${operator.healthUrl}/readyz`,
    kubeconfig,
    log,
    takenPorts: wanted.flatMap((port, index) => (port && port !== given[index] ? [port] : [])),
  }
  const print = yield* printer
  yield* print(addressLines(addresses, { width: Number.MAX_SAFE_INTEGER, colors: host.colors }))
  yield* print([""])
  yield* operator.ready

  yield* print(examples.flatMap(({ file, warnings }) => warnings.map((warning) => `${file}, ${warning}`)))
  return yield* Effect.gen(function* () {
    yield* Effect.forkScoped(Kubelet.run(SparkPods.programs))
    yield* Effect.forkScoped(JobController.run)
    yield* Effect.forkScoped(DeploymentController.run)
    const picture = yield* watchPicture
    const expectations = expectationsOf(yield* applyManifests(cluster, examples))
    yield* playUser(picture, expectations.applications)

    const title = `Firesteel ${host.version}, local mode`
    const show = host.isInteractive
      ? showScreen({ title, addresses, colors: host.colors }, picture)
      : showLines(picture)
    if (!options.once) return yield* Effect.as(show, true)
    yield* Effect.raceFirst(show, Effect.timeoutOption(settled(picture, expectations), options.timeout * 1000))
    return yield* conclude(SubscriptionRef.getUnsafe(picture), expectations, host)
  }).pipe(Effect.provide(EmbeddedKube.layer(cluster)))
})

/** Prints lines to standard output. */
const printer = Effect.map(
  Terminal.Terminal,
  (terminal) => (lines: ReadonlyArray<string>) =>
    Effect.ignore(terminal.display(lines.map((line) => `${line}\n`).join(""))),
)

/** The port of a listen address, or of a URL that contains one; `undefined` for an endpoint that is off. */
const portOf = (address: string | undefined): number | undefined => {
  const [, port] = /:(\d+)(?:\/|$)/.exec(address ?? "") ?? []
  return port === undefined ? undefined : Number(port)
}

const expectationsOf = (examples: ReadonlyArray<Example>): Expectations => {
  const of = (kind: string) =>
    new Map(
      examples
        .filter(({ object }) => object.kind === kind)
        .map(({ object, expectation }) => [keyOf(object), expectation]),
    )
  return {
    applications: of(sparkApplications.kind),
    schedules: of(scheduledSparkApplications.kind),
    servers: of(sparkConnects.kind),
    histories: of(sparkHistoryServers.kind),
  }
}

const countOf = ({ applications, schedules, servers, histories }: Expectations) =>
  applications.size + schedules.size + servers.size + histories.size

/** Waits until all verdicts are final. */
const settled = (picture: SubscriptionRef.SubscriptionRef<LocalPicture>, expectations: Expectations) =>
  SubscriptionRef.changes(picture).pipe(
    Stream.filter((now) => {
      const verdicts = verdictsOf(now, expectations)
      return verdicts.length === countOf(expectations) && verdicts.every(({ final }) => final)
    }),
    Stream.runHead,
  )

/** Prints the summary; returns whether every example ended in the state that it declares. */
const conclude = Effect.fnUntraced(function* (picture: LocalPicture, expectations: Expectations, host: Host) {
  const terminal = yield* Terminal.Terminal
  const print = yield* printer
  const verdicts = verdictsOf(picture, expectations)
  const met = verdicts.filter((verdict) => verdict.met).length
  const width = host.isInteractive ? yield* terminal.columns : widthWithoutTerminal
  yield* print(["", ...verdictTable(verdicts, { width, colors: host.colors }), ""])
  const expected = countOf(expectations)
  const noun = expectations.applications.size === expected ? "applications" : "resources"
  yield* print([`${met} of ${expected} ${noun} reached the expected state`])
  return met === expected
})
