/** The content of a dashboard, without what Grafana needs to draw it: GrafanaJson.ts adds that, the same for all. */

export interface Dashboard {
  /** Part of its address in Grafana; never changes. */
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: ReadonlyArray<Variable>
  readonly links?: ReadonlyArray<Link>
  readonly rows: ReadonlyArray<Row>
}

/** A choice at the top of a dashboard. */
export type Variable =
  | { readonly kind: "datasource"; readonly name: string; readonly label: string; readonly type: string }
  /** Values of a label, among the series that `series` selects. */
  | {
      readonly kind: "label"
      readonly name: string
      readonly label: string
      readonly series: string
      readonly of: string
      /** Several values, or all of them, can be chosen; at first all are. */
      readonly many: boolean
      /** The value chosen at first, if not all. */
      readonly first?: string
    }

export interface Link {
  readonly title: string
  readonly url: string
  readonly tooltip: string
}

export interface Row {
  readonly title: string
  /** Of its panels, in columns of 24, unless a panel has its own. */
  readonly width: number
  /** Queries nothing until it is opened. */
  readonly collapsed?: boolean
  readonly panels: ReadonlyArray<Panel>
}

/** Units as Grafana calls them. Durations are seconds. */
export type Unit = "short" | "s" | "bytes" | "percentunit" | "ops" | "cpm" | "reqps"

export interface Query {
  readonly expr: string
  /** The name of a series: `{{label}}` is filled in. */
  readonly legend: string
}

export const query = (expr: string, legend: string): Query => ({ expr, legend })

interface Shown {
  readonly title: string
  readonly description: string
  readonly width?: number
  /** In steps of about 30 pixels: 4 for numbers and 8 for others, unless given. */
  readonly height?: number
}

interface Measured extends Shown {
  readonly unit: Unit
  readonly queries: ReadonlyArray<Query>
}

export type Panel =
  /** Lines over time, or stacked areas. */
  | (Measured & { readonly kind: "series"; readonly stacked?: boolean })
  /** The current number of each series. From a value of `thresholds` on it has that colour. */
  | (Measured & {
      readonly kind: "number"
      readonly thresholds?: ReadonlyArray<readonly [from: number, color: string]>
    })
  /** Bands of values over time that last: 1 is `yes`, 0 is `no`. */
  | (Shown & { readonly kind: "bands"; readonly queries: ReadonlyArray<Query> })
  /** The distribution of a histogram over time; `buckets` is summed by `le`. */
  | (Shown & { readonly kind: "heatmap"; readonly unit: Unit; readonly buckets: string })
  /** A row per value of the label `by`, a column per query; the headings are `rows` and the legends. */
  | (Shown & {
      readonly kind: "table"
      readonly by: string
      readonly rows: string
      readonly queries: ReadonlyArray<Query>
    })
  | (Shown & { readonly kind: "text"; readonly markdown: string })
  /** A list from another data source than Prometheus. */
  | (Shown & { readonly kind: "traces" | "logs"; readonly source: string; readonly query: string })
