/** What `npm run generate` writes into this directory, besides the reference page of the instruments. */
import type { GeneratedFile } from "../src/api/Crd.ts"
import { applicationDashboard } from "./dashboards/Application.ts"
import type { Dashboard } from "./dashboards/Dashboard.ts"
import { fleetDashboard } from "./dashboards/Fleet.ts"
import { grafanaJson } from "./dashboards/GrafanaJson.ts"
import { operatorDashboard } from "./dashboards/Operator.ts"
import { podLifecycleDashboard } from "./dashboards/PodLifecycle.ts"

export const dashboards: Readonly<Record<string, Dashboard>> = {
  operator: operatorDashboard,
  fleet: fleetDashboard,
  application: applicationDashboard,
  "pod-lifecycle": podLifecycleDashboard,
}

export const generatedFiles = (): ReadonlyArray<GeneratedFile> =>
  Object.entries(dashboards).map(([name, dashboard]) => ({
    path: `otel/dashboards/${name}.json`,
    content: grafanaJson(dashboard, Object.values(dashboards)),
  }))
