/** A dashboard as its file has it, as far as tests look at it. */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

interface Target {
  readonly expr?: string
  readonly legendFormat?: string
  readonly format?: string
  readonly datasource: { readonly type: string; readonly uid: string }
}

export interface PanelFile {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: ReadonlyArray<Target>
  /** Of a row that is closed. */
  readonly panels?: ReadonlyArray<PanelFile>
}

export interface DashboardFile {
  readonly uid: string
  readonly title: string
  readonly templating: {
    readonly list: ReadonlyArray<{ readonly name: string; readonly type: string; readonly definition?: string }>
  }
  readonly links: ReadonlyArray<{ readonly url: string }>
  readonly panels: ReadonlyArray<PanelFile>
}

const directory = join(import.meta.dirname, "../../otel/dashboards")

export const dashboardFiles: ReadonlyArray<DashboardFile> = readdirSync(directory)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")) as DashboardFile)

/** Every panel, also those in closed rows; without the rows. */
export const panelsOf = ({ panels }: DashboardFile): ReadonlyArray<PanelFile> =>
  panels.flatMap((panel) => (panel.type === "row" ? (panel.panels ?? []) : [panel]))

/** What a dashboard asks Prometheus. */
export const queriesOf = (dashboard: DashboardFile) =>
  panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).flatMap(({ expr, legendFormat, format, datasource }) =>
      expr === undefined || datasource.type !== "prometheus"
        ? []
        : [{ where: `${dashboard.title} › ${panel.title}`, expr, legend: legendFormat ?? "", format }],
    ),
  )
