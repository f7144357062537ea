/** What the operator serves over HTTP: metrics, to clients that may read them, and its health to the kubelet. */

import { Clock, Effect, type Scope } from "effect"
import { HttpServerResponse } from "effect/http"
import { Kube } from "./kube/Kube.ts"
import * as EventLoopLag from "./runtime/EventLoopLag.ts"
import { healthOf } from "./runtime/Health.ts"
import type { Leadership } from "./runtime/Leadership.ts"
import type { RunningKind } from "./runtime/RunKind.ts"
import type { Settings } from "./settings/Settings.ts"
import * as AccessReview from "./telemetry/http/AccessReview.ts"
import { BindError, listen } from "./telemetry/http/HttpEndpoint.ts"
import { metricsRoute } from "./telemetry/http/MetricsRoute.ts"
import { Telemetry } from "./telemetry/Telemetry.ts"

/** The URL of the metrics; undefined when they are switched off. */
export const serveMetrics = Effect.fnUntraced(function* (
  settings: Settings,
): Effect.fn.Return<string | undefined, BindError, Kube | Telemetry | Scope.Scope> {
  const { metricsBindAddress: address, metricsEndpoint: path, metricsTlsCertFile, metricsTlsKeyFile } = settings
  if ((metricsTlsCertFile === undefined) !== (metricsTlsKeyFile === undefined)) {
    const message = "TLS needs both --metrics-tls-cert-file and --metrics-tls-key-file"
    return yield* new BindError({ address, message })
  }
  const tls =
    metricsTlsCertFile && metricsTlsKeyFile ? { certFile: metricsTlsCertFile, keyFile: metricsTlsKeyFile } : undefined
  const access = settings.metricsTokenReview ? AccessReview.make(yield* Kube, path) : undefined
  if (access !== undefined && tls === undefined) {
    yield* Effect.logWarning("bearer tokens of scrapers are sent in clear text: TLS is off")
  }
  const served = yield* listen(address, { [path]: metricsRoute(yield* Telemetry, { access }) }, { tls })
  return served && served.url + path
})

/** `/healthz` and `/readyz` of all kinds together; the URL before these paths, undefined when they are switched off. */
export const serveHealth = Effect.fnUntraced(function* (
  address: string,
  kinds: ReadonlyArray<RunningKind>,
  leadership: Leadership,
): Effect.fn.Return<string | undefined, BindError, Scope.Scope> {
  const lag = yield* EventLoopLag.measure
  const health = Effect.map(Clock.currentTimeMillis, (now) => {
    const facts = kinds.map((kind) => kind.health())
    return healthOf({
      now,
      watches: facts.flatMap(({ watches }) => watches),
      queues: facts.flatMap(({ queues }) => queues),
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
