/** An alert, with everything that a person needs who gets it: the rule and its page in docs/alerts.md are made from the same words. */

/** critical: somebody has to look now. warning: today. info: good to know, beside another alert. */
export type Severity = "critical" | "warning" | "info"

export interface Alert {
  readonly name: string
  readonly severity: Severity
  /** PromQL; every series that it returns is an alert. */
  readonly expr: string
  /** How long it must hold, such as `10m`; left out: at once. */
  readonly for?: string
  /** One line, with `{{ $labels.… }}` of the series. */
  readonly summary: string
  /** What is wrong with what consequence, with the measured `{{ $value }}` where it helps. */
  readonly description: string
  /** Where to look, each a sentence. */
  readonly look: ReadonlyArray<string>
  /** What to do, the likeliest first. */
  readonly act: ReadonlyArray<string>
}

export interface AlertGroup {
  readonly name: string
  /** Title in docs/alerts.md. */
  readonly title: string
  readonly alerts: ReadonlyArray<Alert>
}
