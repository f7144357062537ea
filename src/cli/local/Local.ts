/**
 * Local mode from start to end: an embedded Kubernetes, the operator against it over HTTP as against any other, a kubelet that plays
 * the pods, the examples, and the view of it all. The operator comes in as an effect, because it stands above this room.
 */

import { Effect, type Scope, Stream, SubscriptionRef, Terminal } from "effect"
import { sparkApplications } from "../../api/Kinds.ts"
import * as EmbeddedKube from "../../local/apiserver/EmbeddedKube.ts"
import type { Example, Expectation } from "../../local/Examples.ts"
import * as JobController from "../../local/node/JobController.ts"
import * as Kubelet from "../../local/node/Kubelet.ts"
import { keyOf } from "../../runtime/Store.ts"
import { AnyPort } from "../../telemetry/http/HttpEndpoint.ts"
import { startCluster } from "./EmbeddedCluster.ts"
import type { LocalOptions } from "./LocalFlags.ts"
import { applyManifests, manifestsOf } from "./LocalManifests.ts"
import { type LocalPicture, verdictsOf, watchPicture } from "./Picture.ts"
import { showLines, showScreen } from "./Screen.ts"
import { verdictTable } from "./Table.ts"
import { playUser } from "./User.ts"
import { type LocalAddresses, addressLines } from "./View.ts"

/** Of the summary, where there is no window to fit: wide enough for a reason, narrow enough for a log viewer. */
const widthWithoutTerminal = 160

/** What local mode starts the operator with. */
export interface OperatorConnection {
  readonly kubeconfig: string
  readonly metricsBindAddress: string
  readonly healthProbeBindAddress: string
}

export interface RunningOperator {
  /** With the path of the metrics; `undefined` when switched off. */
  readonly metricsUrl: string | undefined
  /** Without a path; `undefined` when switched off. */
  readonly healthUrl: string | undefined
  readonly ready: Effect.Effect<void>
}

/** The surroundings of local mode, which only the process knows. */
export interface LocalHost<E> {
  readonly startOperator: (connection: OperatorConnection) => Effect.Effect<RunningOperator, E, Scope.Scope>
  readonly version: string
  /** Where the kubeconfig is written; exists. */
  readonly directory: string
  /** The examples that come with Firesteel. */
  readonly ownExamples: string
  /** Standard output and input are a terminal: show the live view. */
  readonly screen: boolean
  readonly colors: boolean
  /** The file that logs go to, if they do. */
  readonly log: string | undefined
}

/**
 * Runs local mode until the user quits, or with `once` until every example has its verdict or the time is over.
 * Succeeds with `false` only for `once`, when an example did not end as it declares.
 */
export const local = Effect.fnUntraced(function* <E>(
  options: LocalOptions & Omit<OperatorConnection, "kubeconfig">,
  host: LocalHost<E>,
) {
  const examples = options.noExamples ? [] : yield* manifestsOf(options.examples ?? host.ownExamples)
  const { kubeconfig, url, cluster } = yield* startCluster(options.apiPort, host.directory)

  const { metricsBindAddress, healthProbeBindAddress } = options
  const operator = yield* host
    .startOperator({ kubeconfig, metricsBindAddress, healthProbeBindAddress })
    .pipe(Effect.provideService(AnyPort, true))
  const wanted = [options.apiPort, portOf(metricsBindAddress), portOf(healthProbeBindAddress)]
  const given = [portOf(url), portOf(operator.metricsUrl), portOf(operator.healthUrl)]
  const addresses: LocalAddresses = {
    api: url,
    metrics: operator.metricsUrl,
    healthz: operator.healthUrl && `${operator.healthUrl}/healthz`,
    readyz: operator.healthUrl && `${operator.healthUrl}/readyz`,
    kubeconfig,
    log: host.log,
    takenPorts: wanted.flatMap((port, index) => (port && port !== given[index] ? [port] : [])),
  }
  const print = yield* printer
  yield* print(addressLines(addresses, { width: Number.MAX_SAFE_INTEGER, colors: host.colors }))
  yield* print([""])
  yield* operator.ready

  const expectations = expectationsOf(examples)
  return yield* Effect.gen(function* () {
    yield* Effect.forkScoped(Kubelet.run)
    yield* Effect.forkScoped(JobController.run)
    const picture = yield* watchPicture
    yield* playUser(picture, expectations)
    yield* applyManifests(cluster, examples)

    const title = `Firesteel ${host.version}, local mode`
    const show = host.screen ? showScreen({ title, addresses, colors: host.colors }, picture) : showLines(picture)
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

/** The port of an address to listen on, or of a URL that names one; `undefined` for what is off. */
const portOf = (address: string | undefined): number | undefined => {
  const [, port] = /:(\d+)(?:\/|$)/.exec(address ?? "") ?? []
  return port === undefined ? undefined : Number(port)
}

const expectationsOf = (examples: ReadonlyArray<Example>): ReadonlyMap<string, Expectation> =>
  new Map(
    examples
      .filter(({ object }) => object.kind === sparkApplications.kind)
      .map(({ object, expectation }) => [keyOf(object), expectation]),
  )

/** Waits until waiting longer cannot change any verdict. */
const settled = (
  picture: SubscriptionRef.SubscriptionRef<LocalPicture>,
  expectations: ReadonlyMap<string, Expectation>,
) =>
  SubscriptionRef.changes(picture).pipe(
    Stream.filter((now) => {
      const verdicts = verdictsOf(now, expectations)
      return verdicts.length === expectations.size && verdicts.every(({ final }) => final)
    }),
    Stream.runHead,
  )

/** Prints the summary; whether every example ended as it declares. */
const conclude = Effect.fnUntraced(function* <E>(
  picture: LocalPicture,
  expectations: ReadonlyMap<string, Expectation>,
  host: LocalHost<E>,
) {
  const terminal = yield* Terminal.Terminal
  const print = yield* printer
  const verdicts = verdictsOf(picture, expectations)
  const met = verdicts.filter((verdict) => verdict.met).length
  const width = host.screen ? yield* terminal.columns : widthWithoutTerminal
  yield* print(["", ...verdictTable(verdicts, { width, colors: host.colors }), ""])
  yield* print([`${met} of ${expectations.size} applications ended as expected`])
  return met === expectations.size
})
