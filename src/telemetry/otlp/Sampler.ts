/**
 * Which traces are exported: `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. Our traces have no parents elsewhere, so
 * `parentbased_x` is `x`. The decision follows from the trace id alone: every operator, also after a restart, decides the same.
 */

import type { Environment } from "./OtlpEnvironment.ts"

export interface Sampler {
  readonly isSampled: (traceId: string) => boolean
  /** What is wrong with the variables; everything is sampled then. */
  readonly problem: string | undefined
}

const always: Sampler = { isSampled: () => true, problem: undefined }
const never: Sampler = { isSampled: () => false, problem: undefined }

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
export const samplerOf = (environment: Environment): Sampler => {
  const name = environment["OTEL_TRACES_SAMPLER"]?.trim().toLowerCase() || "parentbased_always_on"
  switch (name.replace(/^parentbased_/, "")) {
    case "always_on":
      return always
    case "always_off":
      return never
    case "traceidratio":
      return ratioSampler(environment["OTEL_TRACES_SAMPLER_ARG"]?.trim())
    default:
      return {
        ...always,
        problem: `OTEL_TRACES_SAMPLER=${name} is not known: use always_on, always_off, traceidratio or parentbased_ and one of these; all traces are exported`,
      }
  }
}

/** The rightmost 56 bits of a trace id are its randomness (W3C Trace Context level 2, §5.1); 2 ** 56 is beyond exact numbers. */
const randomDigits = 14

const ratioSampler = (argument: string | undefined): Sampler => {
  const ratio = argument === undefined || argument === "" ? 1 : Number(argument)
  if (!(ratio >= 0 && ratio <= 1)) {
    return {
      ...always,
      problem: `OTEL_TRACES_SAMPLER_ARG=${argument} is not a number from 0 to 1; all traces are exported`,
    }
  }
  return {
    isSampled: (traceId) => Number.parseInt(traceId.slice(-randomDigits), 16) / 16 ** randomDigits >= 1 - ratio,
    problem: undefined,
  }
}
