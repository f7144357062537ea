/**
 * Dashboards as Grafana 11 and newer load them (schema version 42; older versions ignore what they do not know): panels
 * flow from left to right into rows of 24 columns, and each queries the data source that is chosen at the top.
 */

import type { Dashboard, Panel, Query, Row, Variable } from "./Dashboard.ts"

type Json = Readonly<Record<string, unknown>>

const prometheus = { type: "prometheus", uid: "${datasource}" }

/** The text of the file. Panels are numbered in their order. */
export const grafanaJson = (dashboard: Dashboard, all: ReadonlyArray<Dashboard>): string =>
  `${JSON.stringify(
    {
      uid: dashboard.uid,
      title: dashboard.title,
      description: dashboard.description,
      tags: ["firesteel", "spark"],
      schemaVersion: 42,
      editable: true,
      graphTooltip: 1,
      timezone: "",
      time: { from: "now-3h", to: "now" },
      refresh: "30s",
      annotations: { list: [] },
      templating: { list: dashboard.variables.map(variable) },
      links: [
        ...(dashboard.links ?? []).map((link) => ({ type: "link", icon: "external link", targetBlank: true, ...link })),
        ...all.filter(({ uid }) => uid !== dashboard.uid).map(sibling),
      ],
      panels: flow(dashboard.rows),
    },
    undefined,
    2,
  )}\n`

/** The choices that both dashboards have are passed on. */
const sibling = ({ uid, title }: Dashboard): Json => ({
  type: "link",
  icon: "dashboard",
  title,
  url: `/d/${uid}`,
  tooltip: "",
  includeVars: true,
  keepTime: true,
  targetBlank: false,
})

const variable = (it: Variable): Json => {
  const common = { name: it.name, label: it.label, hide: 0 }
  if (it.kind === "datasource") return { ...common, type: "datasource", query: it.type, regex: "", refresh: 1 }
  const query = `label_values(${it.series}, ${it.of})`
  return {
    ...common,
    type: "query",
    datasource: prometheus,
    definition: query,
    query: { qryType: 1, query, refId: "variable" },
    refresh: 2,
    sort: 1,
    multi: it.many,
    includeAll: it.many,
    ...(it.many ? { allValue: ".*", current: { text: ["All"], value: ["$__all"] } } : {}),
    ...(it.first === undefined ? {} : { current: { text: it.first, value: it.first } }),
  }
}

/** Rows and panels with their places. The panels of a collapsed row are inside it. */
const flow = (rows: ReadonlyArray<Row>): ReadonlyArray<Json> => {
  let y = 0
  let id = 0
  return rows.flatMap((row): ReadonlyArray<Json> => {
    const { title, collapsed = false } = row
    const head = { id: ++id, type: "row", title, collapsed, gridPos: { x: 0, y: y++, w: 24, h: 1 } }
    const below = y
    let x = 0
    let tallest = 0
    const panels = row.panels.map((it) => {
      const w = it.width ?? row.width
      const h = it.height ?? (it.kind === "number" ? 4 : 8)
      if (x + w > 24) {
        y += tallest
        x = tallest = 0
      }
      const gridPos = { x, y, w, h }
      x += w
      tallest = Math.max(tallest, h)
      return { id: ++id, title: it.title, description: it.description, gridPos, ...drawn(it) }
    })
    y = collapsed ? below : y + tallest
    return collapsed ? [{ ...head, panels }] : [{ ...head, panels: [] }, ...panels]
  })
}

const letter = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index)

const targets = (queries: ReadonlyArray<Query>, how: Json): ReadonlyArray<Json> =>
  queries.map(({ expr, legend }, index) => ({
    refId: letter(index),
    datasource: prometheus,
    expr,
    legendFormat: legend,
    editorMode: "code",
    ...how,
  }))

const overTime = { range: true, instant: false }
const ofNow = { range: false, instant: true }

/** Samples may be a minute apart, which is how often OTLP is sent: with a shorter step rates would have no values. */
const step = { interval: "1m" }

const drawn = (it: Panel): Json => {
  switch (it.kind) {
    case "series":
      return {
        type: "timeseries",
        datasource: prometheus,
        ...step,
        targets: targets(it.queries, overTime),
        fieldConfig: {
          defaults: {
            unit: it.unit,
            min: 0,
            custom: {
              drawStyle: "line",
              lineWidth: 1,
              fillOpacity: it.stacked ? 30 : 10,
              showPoints: "never",
              spanNulls: 180_000,
              stacking: { mode: it.stacked ? "normal" : "none", group: "A" },
            },
          },
          overrides: [],
        },
        options: {
          legend: { displayMode: "table", placement: "bottom", showLegend: true, calcs: ["lastNotNull", "max"] },
          tooltip: { mode: "multi", sort: "desc" },
        },
      }
    case "number":
      return {
        type: "stat",
        datasource: prometheus,
        targets: targets(it.queries, ofNow),
        fieldConfig: {
          defaults: {
            unit: it.unit,
            noValue: "–",
            color: { mode: "thresholds" },
            thresholds: {
              mode: "absolute",
              steps: [
                { color: "text", value: null },
                ...(it.thresholds ?? []).map(([value, color]) => ({ color, value })),
              ],
            },
          },
          overrides: [],
        },
        options: {
          reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
          colorMode: "value",
          graphMode: "none",
          justifyMode: "auto",
          textMode: "auto",
        },
      }
    case "bands":
      return {
        type: "state-timeline",
        datasource: prometheus,
        ...step,
        targets: targets(it.queries, overTime),
        fieldConfig: {
          defaults: {
            color: { mode: "fixed", fixedColor: "transparent" },
            custom: { fillOpacity: 80, lineWidth: 0, spanNulls: 180_000 },
            mappings: [
              {
                type: "value",
                options: { "0": { text: "no", color: "transparent" }, "1": { text: "yes", color: "blue" } },
              },
            ],
          },
          overrides: [],
        },
        options: { mergeValues: true, showValue: "never", rowHeight: 0.8, legend: { showLegend: false } },
      }
    case "heatmap":
      return {
        type: "heatmap",
        datasource: prometheus,
        ...step,
        targets: targets([{ expr: `sum by (le) (increase(${it.buckets}[$__rate_interval]))`, legend: "{{le}}" }], {
          ...overTime,
          format: "heatmap",
        }),
        fieldConfig: { defaults: {}, overrides: [] },
        options: {
          calculate: false,
          yAxis: { unit: it.unit },
          color: { mode: "scheme", scheme: "Oranges", steps: 64 },
          cellGap: 1,
          filterValues: { le: 1e-9 },
          tooltip: { mode: "single", yHistogram: false },
          legend: { show: true },
        },
      }
    case "table":
      return {
        type: "table",
        datasource: prometheus,
        targets: targets(it.queries, { ...ofNow, format: "table" }),
        fieldConfig: { defaults: { decimals: 0 }, overrides: [] },
        transformations: [
          { id: "merge", options: {} },
          {
            id: "organize",
            options: {
              excludeByName: { Time: true },
              renameByName: {
                [it.by]: it.rows,
                ...Object.fromEntries(it.queries.map(({ legend }, index) => [`Value #${letter(index)}`, legend])),
              },
            },
          },
        ],
        options: { showHeader: true, sortBy: [{ displayName: it.rows, desc: false }] },
      }
    case "text":
      return { type: "text", options: { mode: "markdown", content: it.markdown } }
    case "traces":
    case "logs": {
      const traces = it.kind === "traces"
      const datasource = { type: traces ? "tempo" : "loki", uid: `\${${it.source}}` }
      return {
        type: traces ? "table" : "logs",
        datasource,
        targets: [
          traces
            ? { refId: "A", datasource, queryType: "traceql", query: it.query, limit: 20, tableType: "traces" }
            : { refId: "A", datasource, expr: it.query, queryType: "range" },
        ],
        options: traces ? { showHeader: true } : { showTime: true, wrapLogMessage: true, sortOrder: "Descending" },
      }
    }
  }
}
