/** The rules as Prometheus loads them, and the page that their runbook_url points to. */

import { stringify } from "yaml"
import type { Alert, AlertGroup } from "./Alert.ts"
import { applicationAlerts } from "./ApplicationAlerts.ts"
import { connectAlerts } from "./ConnectAlerts.ts"
import { healthAlerts } from "./HealthAlerts.ts"
import { historyAlerts } from "./HistoryAlerts.ts"
import { operatorAlerts } from "./OperatorAlerts.ts"
import { scheduleAlerts } from "./ScheduleAlerts.ts"
import { telemetryAlerts } from "./TelemetryAlerts.ts"

export const alertGroups: ReadonlyArray<AlertGroup> = [
  operatorAlerts,
  telemetryAlerts,
  applicationAlerts,
  scheduleAlerts,
  healthAlerts,
  connectAlerts,
  historyAlerts,
]

/** Where docs/ of this repository can be read. */
const documentation = "https://github.com/firesteel/firesteel/blob/main/docs"

const rule = ({ name, severity, expr, for: pending, summary, description }: Alert) => ({
  alert: name,
  expr,
  ...(pending === undefined ? {} : { for: pending }),
  labels: { severity },
  annotations: { summary, description, runbook_url: `${documentation}/alerts.md#${name.toLowerCase()}` },
})

export const rulesYaml = (): string =>
  "# Generated from otel/rules/*.ts by `npm run generate`; do not edit. Tests: otel/rules/tests\n" +
  stringify(
    { groups: alertGroups.map(({ name, alerts }) => ({ name, rules: alerts.map(rule) })) },
    { lineWidth: 0, aliasDuplicateObjects: false },
  )

const introduction = `# Alerts

Generated from \`otel/rules\`; do not edit.

What each alert of [\`otel/rules/firesteel.yaml\`](../otel/rules/firesteel.yaml) means, where to look and what to do. *critical*: needs a person now; *warning*: today; *info*:
context for other alerts. How to load the rules: [telemetry.md](telemetry.md#dashboards-and-alerts). Tests prove for each that it fires, and that it does not fire without a cause
(\`otel/rules/tests\`).`

const section = ({ name, severity, expr, for: pending, description, look, act }: Alert): string =>
  [
    `### ${name}`,
    `*${severity}*, ${pending === undefined ? "at once" : `after ${pending}`}. ${description.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "*$1*").replaceAll(/\{\{[^}]*\$value[^}]*\}\}/g, "*value*")}`,
    `\`\`\`promql\n${expr}\n\`\`\``,
    `**Look**\n\n${look.map((line) => `- ${line}`).join("\n")}`,
    `**Do**\n\n${act.map((line) => `- ${line}`).join("\n")}`,
  ].join("\n\n")

export const alertsPage = (): string =>
  [introduction, ...alertGroups.flatMap(({ title, alerts }) => [`## ${title}`, ...alerts.map(section)])].join("\n\n") +
  "\n"
