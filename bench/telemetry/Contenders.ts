/**
 * The same two instruments in each library: a counter of requests by verb, resource and code, and a histogram of their durations by verb
 * and resource with 13 buckets. One pair of attribute sets is 17 series: a counter, 13 buckets and the one to infinity, sum and count.
 */

import type { RequestListener } from "node:http"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { emptyResource } from "@opentelemetry/resources"
import type { MeterProvider } from "@opentelemetry/sdk-metrics"
import { Effect, Scope } from "effect"
import { metricsRoute } from "../../src/telemetry/http/MetricsRoute.ts"
import { workBuckets } from "../../src/telemetry/meter/Instrument.ts"
import * as Meters from "../../src/telemetry/meter/Meters.ts"
import { cardinalityLimit } from "../../src/telemetry/meter/Overflow.ts"
import { OperatorInstruments } from "../../src/telemetry/operator/OperatorInstruments.ts"
import type { Environment } from "../../src/telemetry/otlp/OtlpEnvironment.ts"
import { expose } from "../../src/telemetry/prometheus/Exposition.ts"
import { prometheusMetric } from "../../src/telemetry/prometheus/PrometheusMetrics.ts"
import * as Readers from "../../src/telemetry/Readers.ts"
import type { TelemetryApi } from "../../src/telemetry/Telemetry.ts"
import { exporting } from "./Backend.ts"

export interface Contender {
  /** Two recordings, under the attributes of this resource. */
  readonly record: (resource: string, seconds: number) => void
  readonly answer: RequestListener
}

export const seriesPerPair = 17

const verb = "get"
const code = "200"

/** The HTTP listener that answers scrapes in the operator. */
export const listenerOf = (telemetry: Pick<TelemetryApi, "collect">): Promise<RequestListener> =>
  Effect.runPromise(NodeHttpServer.makeHandler(metricsRoute(telemetry), { scope: Scope.makeUnsafe() })).then(
    (handle): RequestListener => handle,
  )

/** Our instruments alone, without those that every operator has, so that there are as many series as with the others. */
const firesteel = async (environment: Environment): Promise<Contender> => {
  const options = { environment, version: "0.0.0", resource: emptyResource(), producers: [], exported: () => {} }
  const readers = await Effect.runPromise(Effect.provideService(Readers.make(options), Scope.Scope, Scope.makeUnsafe()))
  const meters = Meters.make(OperatorInstruments, { meter: readers.meter, onNegative: () => {} })
  const collect = Effect.promise(readers.collect).pipe(
    Effect.map(({ resourceMetrics }) => resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)),
    Effect.tap(Effect.yieldNow),
  )
  return {
    record: (resource, seconds) => {
      meters.add("kubernetes.client.requests", 1, { verb, resource, code })
      meters.record("kubernetes.client.request.duration", seconds, { verb, resource })
    },
    answer: await listenerOf({
      collect: (encoding) => Effect.flatMap(collect, (metrics) => expose(metrics.map(prometheusMetric), encoding)),
    }),
  }
}

/** A package from the folder that `run` made. */
const installed = async <A>(others: string, path: string): Promise<A> => {
  const loaded = (await import(pathToFileURL(join(others, "node_modules", path)).href)) as { readonly default?: A }
  return loaded.default ?? (loaded as A)
}

interface PromClient {
  readonly register: { readonly metrics: () => Promise<string>; readonly contentType: string }
  readonly Counter: new (options: object) => { readonly inc: (labels: object) => void }
  readonly Histogram: new (options: object) => { readonly observe: (labels: object, value: number) => void }
}

const promClient = async (others: string): Promise<Contender> => {
  const { register, Counter, Histogram } = await installed<PromClient>(others, "prom-client/index.js")
  const counter = new Counter({ name: "requests_total", help: "Requests", labelNames: ["verb", "resource", "code"] })
  const histogram = new Histogram({
    name: "request_duration_seconds",
    help: "Durations",
    labelNames: ["verb", "resource"],
    buckets: workBuckets,
  })
  return {
    record: (resource, seconds) => {
      counter.inc({ verb, resource, code })
      histogram.observe({ verb, resource }, seconds)
    },
    answer: async (_, response) => {
      response.setHeader("content-type", register.contentType)
      response.end(await register.metrics())
    },
  }
}

interface StockExporter {
  readonly PrometheusExporter: new (options: object) => { readonly getMetricsRequestHandler: RequestListener }
}
interface StockSdk {
  readonly MeterProvider: typeof MeterProvider
  readonly createAllowListAttributesProcessor: unknown
}

const openTelemetry = async (others: string): Promise<Contender> => {
  const { PrometheusExporter } = await installed<StockExporter>(
    others,
    "@opentelemetry/exporter-prometheus/dist/index.cjs",
  )
  const sdk = await installed<StockSdk>(others, "@opentelemetry/sdk-metrics/dist/index.cjs")
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const views = [{ instrumentName: "*", aggregationCardinalityLimit: cardinalityLimit }]
  const provider = new sdk.MeterProvider({ readers: [exporter as never], views })
  const meter = provider.getMeter("")
  const counter = meter.createCounter("requests")
  const histogram = meter.createHistogram("request.duration", {
    unit: "s",
    advice: { explicitBucketBoundaries: [...workBuckets] },
  })
  return {
    record: (resource, seconds) => {
      counter.add(1, { verb, resource, code })
      histogram.record(seconds, { verb, resource })
    },
    answer: (request, response) => exporter.getMetricsRequestHandler(request, response),
  }
}

export const contenders: Readonly<Record<string, (others: string) => Promise<Contender>>> = {
  firesteel: () => firesteel({}),
  "firesteel, with OTLP": async () => firesteel(await exporting()),
  "prom-client": promClient,
  "OpenTelemetry's exporter": openTelemetry,
}
