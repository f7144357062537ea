/** What `npm run generate` makes of this directory's sources: dashboards, rules and the page about the alerts. */

import type { GeneratedFile } from "../tools/GeneratedFile.ts"
import { applicationDashboard } from "./dashboards/Application.ts"
import { costDashboard } from "./dashboards/Cost.ts"
import type { Dashboard } from "./dashboards/Dashboard.ts"
import { fleetDashboard } from "./dashboards/Fleet.ts"
import { grafanaJson } from "./dashboards/GrafanaJson.ts"
import { operatorDashboard } from "./dashboards/Operator.ts"
import { podLifecycleDashboard } from "./dashboards/PodLifecycle.ts"
import { alertsPage, rulesYaml } from "./rules/Rules.ts"

export const dashboards: Readonly<Record<string, Dashboard>> = {
  operator: operatorDashboard,
  fleet: fleetDashboard,
  application: applicationDashboard,
  "pod-lifecycle": podLifecycleDashboard,
  cost: costDashboard,
}

export const generatedFiles = (): ReadonlyArray<GeneratedFile> => [
  ...Object.entries(dashboards).map(([name, dashboard]) => ({
    path: `otel/dashboards/${name}.json`,
    content: grafanaJson(dashboard, Object.values(dashboards)),
  })),
  { path: "otel/rules/firesteel.yaml", content: rulesYaml() },
  { path: "docs/alerts.md", content: alertsPage() },
]
