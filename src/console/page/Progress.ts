/** How far a run has come, and what it has requested so far. */

import type { ApplicationView } from "../api/ApplicationView.ts"
import { Ago, Definitions, h } from "./Html.ts"

export const Progress = ({ progress, now }: { progress: NonNullable<ApplicationView["progress"]>; now: number }) => {
  const { summary, description, stages, tasks, jobs, batch, lastProgressTime } = progress
  const share = /^(\d+(?:\.\d+)?)%$/.exec(summary ?? "")?.[1]
  return h(
    "div",
    null,
    share !== undefined && h("progress", { max: 100, value: Number(share), "aria-label": "Progress" }),
    h(Definitions, {
      items: [
        ["Progress", summary],
        ["Now", description],
        ["Jobs", jobs && `${jobs.completed} completed, ${jobs.active} active, ${jobs.failed} failed`],
        ["Stages", stages && `${stages.completed} completed, ${stages.active} active, ${stages.failed} failed`],
        ["Tasks", tasks && `${tasks.completed} of ${tasks.total}, ${tasks.active} active, ${tasks.failed} failed`],
        ["Micro-batch", batch && h("span", null, `${batch.id}, `, h(Ago, { time: batch.time, now }))],
        ["Last progress", lastProgressTime && h(Ago, { time: lastProgressTime, now })],
      ],
    }),
  )
}

const number = (value: number, unit: string) =>
  `${value.toLocaleString(undefined, { maximumSignificantDigits: 3 })} ${unit}`

export const Usage = ({ usage }: { usage: NonNullable<ApplicationView["usage"]> }) => {
  const { cpuCoreSeconds, memoryGibSeconds, gpuSeconds, executorSeconds, estimatedCost, complete } = usage
  return h(
    "div",
    null,
    h(Definitions, {
      items: [
        ["CPU", number(cpuCoreSeconds / 3600, "core-hours")],
        ["Memory", number(memoryGibSeconds / 3600, "GiB-hours")],
        ["GPU", gpuSeconds > 0 ? number(gpuSeconds / 3600, "GPU-hours") : undefined],
        ["Executors", number(executorSeconds / 3600, "executor-hours")],
        [
          "Estimated cost",
          Object.entries(estimatedCost ?? {})
            .map(([currency, amount]) => number(amount, currency))
            .join(", "),
        ],
      ],
    }),
    !complete && h("p", { class: "hint" }, "Some pods may have been missed."),
  )
}
