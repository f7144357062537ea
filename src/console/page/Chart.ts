/**
 * Bars over time, drawn as SVG: the phases of attempts, and executors, with how many of these there were. A list in words says the same to those
 * who do not see it.
 */

import { h } from "./Html.ts"
import { clockTime, duration } from "./Text.ts"

export interface Bar {
  readonly label: string
  /** Class that colours it. */
  readonly tone: string
  readonly from: string
  /** Absent: until now. */
  readonly to?: string | undefined
}

export interface Lane {
  readonly label: string
  readonly bars: ReadonlyArray<Bar>
}

/** The number from this time until that of the next level, or until the end of the chart. */
export interface Level {
  readonly time: string
  readonly count: number
}

const width = 1000
const laneHeight = 22
const labelWidth = 150
const axisHeight = 18
const levelHeight = 44

/** Epoch milliseconds of the marks of an axis: few, at round times. */
export const marks = (from: number, until: number): ReadonlyArray<number> => {
  const steps = [1, 5, 15, 60, 300, 900, 3600, 10_800, 43_200, 86_400, 604_800, 2_592_000].map(
    (seconds) => seconds * 1000,
  )
  const step = steps.find((one) => (until - from) / one <= 8) ?? steps.at(-1)!
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.max(0, Math.floor((until - first) / step) + 1) }, (_, index) => first + index * step)
}

const textOf = ({ label, from, to }: Bar, now: number) =>
  `${label}: ${duration((to === undefined ? now : Date.parse(to)) - Date.parse(from))} from ${clockTime(from, true)}`

export interface ChartProps {
  readonly title: string
  readonly lanes: ReadonlyArray<Lane>
  /** Of executors, below the lanes. */
  readonly levels?: ReadonlyArray<Level>
  readonly now: number
}

/** The outline of the levels between two heights, as the path of an SVG. */
const outline = (
  levels: ReadonlyArray<Level>,
  x: (time: number) => number,
  end: number,
  top: number,
  bottom: number,
) => {
  const most = Math.max(1, ...levels.map(({ count }) => count))
  const y = (count: number) => bottom - (count / most) * (bottom - top)
  const first = x(Date.parse(levels[0]!.time))
  const steps = levels.map(({ time, count }) => `H${x(Date.parse(time))}V${y(count)}`)
  return `M${first} ${bottom}${steps.join("")}H${x(end)}V${bottom}Z`
}

/** What the colours that can be seen mean; not needed for one. */
const Legend = ({ bars }: { bars: ReadonlyArray<Bar> }) => {
  const tones = new Map(bars.filter(({ from, to }) => from !== to).map(({ tone, label }) => [tone, label]))
  if (tones.size < 2) return null
  return h(
    "p",
    { class: "legend", "aria-hidden": "true" },
    [...tones].map(([tone, label]) =>
      h(
        "span",
        { key: tone },
        h(
          "svg",
          { viewBox: "0 0 10 10", width: 10, height: 10 },
          h("rect", { class: tone, width: 10, height: 10, rx: 2 }),
        ),
        label,
      ),
    ),
  )
}

export const Chart = ({ title, lanes, levels = [], now }: ChartProps) => {
  const bars = lanes.flatMap((lane) => lane.bars)
  if (bars.length === 0) return null
  const start = Math.min(...bars.map(({ from }) => Date.parse(from)))
  const end = Math.max(start + 1000, ...bars.map(({ to }) => (to === undefined ? now : Date.parse(to))))
  const within = (time: number) => Math.min(end, Math.max(start, time))
  const x = (time: number) => labelWidth + ((within(time) - start) / (end - start)) * (width - labelWidth - 10)
  const lanesHeight = lanes.length * laneHeight
  const height = lanesHeight + (levels.length === 0 ? 0 : levelHeight) + axisHeight
  const most = Math.max(0, ...levels.map(({ count }) => count))
  return h(
    "figure",
    { class: "chart", tabIndex: 0, role: "group", "aria-label": title },
    h("figcaption", { class: "hidden" }, title),
    h(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title },
      marks(start, end).map((time) =>
        h(
          "g",
          { key: time, class: "axis" },
          h("line", { x1: x(time), x2: x(time), y1: 0, y2: height - axisHeight }),
          h(
            "text",
            { x: x(time), y: height - 4, "text-anchor": x(time) > width - 50 ? "end" : "middle" },
            clockTime(new Date(time).toISOString(), end - start < 600_000),
          ),
        ),
      ),
      lanes.map((lane, index) =>
        h(
          "g",
          { key: lane.label },
          h("text", { class: "lane", x: 0, y: index * laneHeight + 15 }, lane.label),
          lane.bars.map((bar) => {
            const from = x(Date.parse(bar.from))
            const to = x(bar.to === undefined ? now : Date.parse(bar.to))
            return h(
              "rect",
              {
                key: `${bar.label} ${bar.from}`,
                class: bar.tone,
                x: from,
                y: index * laneHeight + 3,
                width: Math.max(2, to - from),
                height: laneHeight - 6,
                rx: 2,
              },
              h("title", null, textOf(bar, now)),
            )
          }),
        ),
      ),
      levels.length > 0 &&
        h(
          "g",
          null,
          h("text", { class: "lane", x: 0, y: lanesHeight + 28 }, `Executors, at most ${most}`),
          h("path", { class: "levels", d: outline(levels, x, end, lanesHeight + 6, lanesHeight + levelHeight - 4) }),
        ),
    ),
    h(Legend, { bars }),
    h(
      "ul",
      { class: "hidden" },
      lanes.flatMap((lane) => lane.bars.map((bar) => h("li", null, `${lane.label}, ${textOf(bar, now)}`))),
      levels.map(({ time, count }) => h("li", null, `${count} executors from ${clockTime(time, true)}`)),
    ),
  )
}
