/** What was measured, independent of the instruments that record it. */

import type { Attributes } from "../../telemetry/meter/Attributes.ts"
import type { instruments } from "./ApplicationMeters.ts"

/** What changes an instrument (`Instrument.on`). */
export type Source = Extract<(typeof instruments)[keyof typeof instruments], { readonly on: string }>["on"]

export interface Measurement {
  readonly source: Source
  /** A number of things, or seconds. */
  readonly value: number
  /** The own attributes of these instruments. */
  readonly attributes?: Attributes
}
