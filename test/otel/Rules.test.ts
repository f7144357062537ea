import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import { settingsPage } from "../../tools/SettingsPage.ts"
import { strangers, queryNames } from "../support/QueryNames.ts"

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string }
}

interface RuleTest {
  readonly name: string
  readonly input_series: ReadonlyArray<{ readonly series: string }>
  readonly promql_expr_test: ReadonlyArray<{
    readonly expr: string
    readonly exp_samples: ReadonlyArray<{ readonly labels: string }>
  }>
}

const root = join(import.meta.dirname, "../..")
const yaml = (path: string): unknown => parse(readFileSync(join(root, path), "utf8"))
const rules = (
  yaml("otel/rules/firesteel.yaml") as { readonly groups: ReadonlyArray<{ readonly rules: ReadonlyArray<Rule> }> }
).groups.flatMap((group) => group.rules)
const tests = readdirSync(join(root, "otel/rules/tests")).flatMap(
  (name) => (yaml(`otel/rules/tests/${name}`) as { readonly tests: ReadonlyArray<RuleTest> }).tests,
)
const page = readFileSync(join(root, "docs/alerts.md"), "utf8")

/** The tests that ask for an alert, by name. */
const testsOf = (alert: string) =>
  tests.filter((test) => test.promql_expr_test.some(({ expr }) => expr.includes(`alertname="${alert}"`)))

describe("alerts", () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    "%s asks only for series and labels that exist",
    (_, rule) => {
      assert.deepStrictEqual(strangers(rule.expr), [])
    },
  )

  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s names only labels that its series has", (_, rule) => {
    const { grouping } = queryNames(rule.expr)
    for (const text of Object.values(rule.annotations))
      for (const [, label] of text.matchAll(/\$labels\.(\w+)/g)) assert.include(grouping, label, text)
  })

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    "%s has a severity, and a page that says what to do",
    (_, rule) => {
      assert.include(["critical", "warning", "info"], rule.labels.severity)
      const [address, anchor = ""] = rule.annotations.runbook_url.split("#")
      assert.match(address!, /\/docs\/alerts\.md$/)
      const heading = page.split("\n").find((line) => line.startsWith("### ") && line.slice(4).toLowerCase() === anchor)
      assert.isDefined(heading, `docs/alerts.md has no heading for ${anchor}`)
    },
  )

  it.each(rules.map(({ alert }) => [alert]))("%s is tested to fire, and beside it not to fire", (alert) => {
    const own = testsOf(alert)
    const expected = own.flatMap((test) => test.promql_expr_test)
    assert.isTrue(
      expected.some(({ exp_samples }) => exp_samples.length > 0),
      "no test in which it fires",
    )
    // Its counterpart, the operator that is well, has the same series and is not among the alerts.
    const quiet = own.some(
      ({ input_series, promql_expr_test }) =>
        input_series.some(({ series }) => series.includes('job="well"')) &&
        promql_expr_test.every(({ exp_samples }) => exp_samples.every(({ labels }) => !labels.includes('job="well"'))),
    )
    assert.isTrue(quiet, "no test in which it does not fire")
  })

  it("are tested with series that exist", () => {
    for (const { name, input_series } of tests)
      for (const { series } of input_series) assert.deepStrictEqual(strangers(series), [], name)
  })

  it("mention flags that the operator has", () => {
    const flags = new Set([...settingsPage().matchAll(/`(--[a-z-]+)`/g)].map(([, flag]) => flag))
    const other = new Set(["--previous", "--max-old-space-size"])
    const unknown = [...page.matchAll(/`(--[a-z-]+)|=(--[a-z-]+)/g)]
      .map(([, first, second]) => (first ?? second)!)
      .filter((flag) => !flags.has(flag) && !other.has(flag))
    assert.deepStrictEqual(unknown, [])
  })
})
