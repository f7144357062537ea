import { assert, describe, it } from "@effect/vitest"
import { dashboardFiles, panelsOf, queriesOf } from "../support/DashboardFile.ts"
import { queryNames, strangers } from "../support/QueryNames.ts"

const queries = dashboardFiles.flatMap(queriesOf)
const panels = dashboardFiles.flatMap((it) => panelsOf(it).map((panel) => ({ ...panel, of: it.uid })))

describe("dashboards", () => {
  it("query only series of instruments, and no legacy names", () => {
    assert.isAbove(queries.length, 100)
    assert.deepStrictEqual(
      queries.flatMap(({ where, expr }) => strangers(expr).map((name) => `${where}: ${name}`)),
      [],
    )
  })

  it("have variables for labels that the series have", () => {
    const wrong = dashboardFiles.flatMap(({ uid, templating }) =>
      templating.list
        .filter(({ type }) => type === "query")
        .flatMap(({ definition = "" }) => {
          const [, series = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? []
          return strangers(`sum by (${label}) (${series})`).map((name) => `${uid}: ${definition}: ${name}`)
        }),
    )
    assert.deepStrictEqual(wrong, [])
  })

  it("query the selected data source, for the selected operators", () => {
    for (const { targets = [], title } of panels)
      for (const { datasource } of targets) assert.match(datasource.uid, /^\$\{\w+\}$/, title)
    for (const { where, expr } of queries)
      for (const { name, labels } of queryNames(expr).series) assert.include(labels, "job", `${where}: ${name}`)
  })

  it("use only variables that they define", () => {
    for (const dashboard of dashboardFiles) {
      const names = new Set(dashboard.templating.list.map(({ name }) => name))
      const used = JSON.stringify(dashboard).matchAll(/\$\{?([a-zA-Z_]\w*)/g)
      const unknown = [...used].map(([, name]) => name!).filter((name) => !name.startsWith("__") && !names.has(name))
      assert.deepStrictEqual(unknown, [], dashboard.title)
    }
  })

  it("have legends with labels that the query keeps", () => {
    for (const { where, expr, legend } of queries)
      for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g))
        assert.include(queryNames(expr).grouping, label, `${where}: ${legend}`)
  })

  it("have a description for every panel", () => {
    for (const { title, description } of panels) assert.match(description ?? "", /\.$/, title)
  })

  it("have panels that do not overlap", () => {
    for (const { uid, panels: all } of dashboardFiles) {
      const shown = all.flatMap((panel) => [panel, ...(panel.panels ?? [])])
      assert.strictEqual(new Set(shown.map(({ id }) => id)).size, shown.length, uid)
      // A closed row lies upon what follows it: its panels have no place yet.
      const places = all.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
      )
      assert.strictEqual(new Set(places).size, places.length, uid)
      assert.isAtMost(Math.max(...shown.map(({ gridPos: { x, w } }) => x + w)), 24, uid)
    }
  })

  it("link to each other", () => {
    const known = dashboardFiles.map(({ uid }) => `/d/${uid}`)
    for (const { uid, links } of dashboardFiles) {
      const siblings = links.map(({ url }) => url).filter((url) => url.startsWith("/d/"))
      assert.sameMembers([...siblings, `/d/${uid}`], known)
    }
  })
})
