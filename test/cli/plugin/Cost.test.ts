import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { cost } from "../../../src/cli/plugin/cost/Cost.ts"
import { costRows } from "../../../src/cli/plugin/cost/CostRows.ts"
import { makeWorld, pass, sparkPi } from "../../support/OperatorBench.ts"
import { run } from "../../support/PluginBench.ts"

const used = (name: string, team: string | undefined, cpuCoreSeconds: number, eur?: number) =>
  ({
    metadata: { name, namespace: "spark", labels: team === undefined ? {} : { team } },
    status: {
      usage: {
        cpuCoreSeconds,
        memoryGibSeconds: 0,
        gpuSeconds: 0,
        executorSeconds: 0,
        complete: true,
        ...(eur === undefined ? {} : { estimatedCost: { EUR: eur } }),
      },
    },
  }) as unknown as SparkApplication

describe("cost", () => {
  it.effect("shows what the status says, of one application or all", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "3600" }))
      yield* world.apply(sparkPi("short", { "run-seconds": "360" }))
      yield* pass(3700)
      const { usage } = (yield* world.reported("pi")).status
      assert.isAbove(usage?.cpuCoreSeconds ?? 0, 10_000)
      const { out } = yield* run(world, cost)
      const rows = out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ {2,}/))
      assert.deepStrictEqual(rows[0]?.slice(0, 2), ["APPLICATION", "CPU CORE H"])
      assert.deepStrictEqual(
        rows.slice(1).map(([name]) => name),
        ["pi", "short", "total"],
      )
      assert.strictEqual(rows[1]?.[1], ((usage?.cpuCoreSeconds ?? 0) / 3600).toFixed(2))
      const [one] = JSON.parse((yield* run(world, cost, "pi", "-o", "json")).out)
      assert.strictEqual(one.usage.cpuCoreSeconds, usage?.cpuCoreSeconds)
      assert.strictEqual((yield* run(world, cost, "-n", "empty")).err, "No applications found.\n")
      assert.match((yield* run(world, cost, "--by", "label:")).err, /^--by: "label:" does not fit; use application/)
    }),
  )

  it("sums up by a label, the most expensive first, with what has none", () => {
    const applications = [
      used("a", "data", 10, 1),
      used("b", "ml", 5, 4),
      used("c", "data", 20, 1),
      used("d", undefined, 1),
    ]
    assert.deepStrictEqual(
      costRows(applications, "label:team", false).map(({ of, applications: count, usage }) => [
        of,
        count,
        usage.cpuCoreSeconds,
        usage.estimatedCost?.["EUR"],
      ]),
      [
        ["ml", 1, 5, 4],
        ["data", 2, 30, 2],
        ["<none>", 1, 1, undefined],
        ["total", 4, 36, 6],
      ],
    )
  })

  it("is not complete where one application has no usage", () => {
    const without = { metadata: { name: "x", namespace: "spark" } } as unknown as SparkApplication
    const rows = costRows([used("a", "data", 10), without], "namespace", true)
    assert.deepStrictEqual(
      rows.map(({ of, complete }) => [of, complete]),
      [["spark", false]],
    )
  })
})
