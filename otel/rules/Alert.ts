/** An alert, with everything that the person on call needs: the rule and its section in docs/alerts.md are made from the same text. */

/** critical: needs a person now. warning: today. info: context for other alerts. */
export type Severity = "critical" | "warning" | "info"

export interface Alert {
  readonly name: string
  readonly severity: Severity
  /** PromQL; each series that it returns is an alert. */
  readonly expr: string
  /** How long it must hold, such as `10m`; left out: at once. */
  readonly for?: string
  /** One line, with `{{ $labels.… }}` of the series. */
  readonly summary: string
  /** What is wrong with what consequence, with the measured `{{ $value }}` where it helps. */
  readonly description: string
  /** Where to look; one sentence each. */
  readonly look: ReadonlyArray<string>
  /** What to do, the most likely cause first. */
  readonly act: ReadonlyArray<string>
}

export interface AlertGroup {
  readonly name: string
  /** Title in docs/alerts.md. */
  readonly title: string
  readonly alerts: ReadonlyArray<Alert>
}
