/** Bars over time, drawn as SVG: the phases of attempts, and executors. A list in words says the same to those who do not see it. */

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

const width = 1000
const laneHeight = 22
const labelWidth = 150
const axisHeight = 18

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

export const Chart = ({ title, lanes, now }: { title: string; lanes: ReadonlyArray<Lane>; now: number }) => {
  const bars = lanes.flatMap((lane) => lane.bars)
  if (bars.length === 0) return null
  const start = Math.min(...bars.map(({ from }) => Date.parse(from)))
  const end = Math.max(start + 1000, ...bars.map(({ to }) => (to === undefined ? now : Date.parse(to))))
  const x = (time: number) => labelWidth + ((time - start) / (end - start)) * (width - labelWidth - 10)
  const height = lanes.length * laneHeight + axisHeight
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
            { x: x(time), y: height - 4, "text-anchor": "middle" },
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
    ),
    h(
      "ul",
      { class: "hidden" },
      lanes.flatMap((lane) => lane.bars.map((bar) => h("li", null, `${lane.label}, ${textOf(bar, now)}`))),
    ),
  )
}
