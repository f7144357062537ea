import { assert, describe, it } from "@effect/vitest"
import { traceId } from "../../../src/spark/monitoring/Trace.ts"
import { submissionId } from "../../../src/spark/submit/Submission.ts"
import { samplerOf } from "../../../src/telemetry/otlp/Sampler.ts"

const traces = Array.from({ length: 2000 }, (_, attempt) => traceId(submissionId("uid", attempt)))
const share = (sampler: string | undefined, argument?: string) => {
  const { isSampled } = samplerOf({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument })
  return traces.filter(isSampled).length / traces.length
}

describe("sampling of traces", () => {
  it.each([
    [undefined, undefined, 1],
    ["always_on", undefined, 1],
    ["parentbased_always_on", undefined, 1],
    ["always_off", undefined, 0],
    ["parentbased_always_off", undefined, 0],
    ["traceidratio", "0", 0],
    ["traceidratio", undefined, 1],
    ["Parentbased_TraceIdRatio", "1.0", 1],
  ] as const)("%s with argument %s takes %d of all", (sampler, argument, expected) => {
    assert.strictEqual(share(sampler, argument), expected)
  })

  it("selects about the configured ratio, and every trace of a smaller ratio also with a larger one", () => {
    assert.approximately(share("traceidratio", "0.25"), 0.25, 0.05)
    const small = samplerOf({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.1" })
    const large = samplerOf({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.5" })
    assert.isTrue(traces.filter(small.isSampled).every(large.isSampled))
  })

  it.each([
    ["jaeger_remote", undefined, /OTEL_TRACES_SAMPLER=jaeger_remote/],
    ["traceidratio", "many", /OTEL_TRACES_SAMPLER_ARG=many is not a number from 0 to 1/],
    ["traceidratio", "1.5", /OTEL_TRACES_SAMPLER_ARG=1.5/],
  ] as const)("takes everything and says why when it does not understand %s %s", (sampler, argument, problem) => {
    assert.match(samplerOf({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument }).problem ?? "", problem)
    assert.strictEqual(share(sampler, argument), 1)
  })
})
