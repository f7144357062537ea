/** What the operator serves over HTTP: metrics, to clients that may read them, and its health to the kubelet. */

import { Clock, Effect, type Scope } from "effect"
import { HttpServerResponse } from "effect/http"
import { Kube } from "./kube/Kube.ts"
import * as EventLoopLag from "./runtime/EventLoopLag.ts"
import { healthOf } from "./runtime/Health.ts"
import type { Leadership } from "./runtime/Leadership.ts"
import type { Namespaces } from "./runtime/namespaces/Namespaces.ts"
import type { RunningKind } from "./runtime/RunKind.ts"
import type { MetricsSettings } from "./settings/MetricsSettings.ts"
import * as AccessReview from "./telemetry/http/AccessReview.ts"
import { type BindError, listen } from "./telemetry/http/HttpEndpoint.ts"
import { metricsRoute } from "./telemetry/http/MetricsRoute.ts"
import { Telemetry } from "./telemetry/Telemetry.ts"

/** The URL of the metrics; undefined when they are switched off. */
export const serveMetrics = Effect.fnUntraced(function* ({
  bindAddress,
  path,
  tls,
  tokenReview,
}: MetricsSettings): Effect.fn.Return<string | undefined, BindError, Kube | Telemetry | Scope.Scope> {
  const access = tokenReview ? AccessReview.make(yield* Kube, path) : undefined
  if (access !== undefined && tls === undefined) {
    yield* Effect.logWarning("bearer tokens of scrapers are sent in clear text: TLS is off")
  }
  const served = yield* listen(bindAddress, { [path]: metricsRoute(yield* Telemetry, { access }) }, { tls })
  return served && served.url + path
})

/** `/healthz` and `/readyz` of all kinds together; the URL before these paths, undefined when they are switched off. */
export const serveHealth = Effect.fnUntraced(function* (
  address: string,
  kinds: ReadonlyArray<RunningKind>,
  namespaces: Pick<Namespaces, "liveness">,
  leadership: Leadership,
): Effect.fn.Return<string | undefined, BindError, Scope.Scope> {
  const lag = yield* EventLoopLag.measure
  const health = Effect.map(Clock.currentTimeMillis, (now) => {
    const facts = kinds.map((kind) => kind.health())
    return healthOf({
      now,
      watches: [...namespaces.liveness(), ...facts.flatMap(({ watches }) => watches)],
      queues: facts.flatMap(({ queues }) => queues),
      problems: facts.flatMap(({ problems }) => problems),
      eventLoopLagSeconds: lag(),
      synced: kinds.every(({ isReady }) => isReady()),
    })
  })
  const standby = () =>
    leadership.leads() ? [] : [`not the leader: ${leadership.leader() ?? "no replica"} holds the Lease`]
  const served = yield* listen(address, {
    "/healthz": Effect.map(health, ({ healthy, reasons }) => answer(healthy, reasons)),
    "/readyz": Effect.map(health, ({ ready, reasons }) => answer(ready, [...reasons, ...standby()])),
  })
  return served?.url
})

const answer = (good: boolean, reasons: ReadonlyArray<string>) =>
  HttpServerResponse.text(`${[good ? "ok" : "failed", ...reasons].join("\n")}\n`, { status: good ? 200 : 503 })
