import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { applicationPage, pageSize, parseQuery } from "../../../src/console/api/ApplicationQuery.ts"
import { running } from "../../support/ConsoleBench.ts"

const application = (
  namespace: string,
  name: string,
  state: string,
  created: string,
  labels: Record<string, string> = {},
) => {
  const { application: one } = running(namespace, name)
  return {
    ...one,
    metadata: { ...one.metadata, creationTimestamp: created, labels },
    status: { ...one.status!, applicationState: { state: state as "RUNNING" } },
  }
}

const some = [
  application("team-a", "one", "RUNNING", "2026-01-01T00:00:00Z", { team: "a" }),
  application("team-a", "two", "FAILED", "2026-01-03T00:00:00Z", { team: "a", env: "prod" }),
  application("team-b", "three", "RUNNING", "2026-01-02T00:00:00Z"),
  application("hidden", "four", "RUNNING", "2026-01-04T00:00:00Z"),
]

const pageOf = (query: string) =>
  applicationPage(
    some,
    (namespace) => namespace !== "hidden",
    Result.getOrThrow(parseQuery(new URLSearchParams(query))),
  )

const namesOf = (query: string) => pageOf(query).rows.map(({ name }) => name)

describe("the table of applications", () => {
  it("shows the newest first, and nothing of namespaces that are not visible", () => {
    const { rows, total, pages, namespaces, states } = pageOf("")
    assert.deepStrictEqual(
      rows.map(({ name }) => name),
      ["two", "three", "one"],
    )
    assert.deepStrictEqual([total, pages, namespaces], [3, 1, ["team-a", "team-b"]])
    assert.deepStrictEqual(states, { RUNNING: 2, FAILED: 1 })
  })

  it("is filtered by namespace, state, label and text", () => {
    assert.deepStrictEqual(namesOf("namespace=team-b"), ["three"])
    assert.deepStrictEqual(namesOf("namespace=hidden"), [])
    assert.deepStrictEqual(namesOf("state=FAILED"), ["two"])
    assert.deepStrictEqual(namesOf("state=FAILED,RUNNING&text=TEAM-A"), ["two", "one"])
    assert.deepStrictEqual(namesOf("label=team%3Da,!env"), ["one"])
    assert.deepStrictEqual(pageOf("state=FAILED").states, { RUNNING: 2, FAILED: 1 }, "states that could be chosen")
  })

  it("is sorted by any column, in both directions", () => {
    assert.deepStrictEqual(namesOf("sort=name"), ["one", "three", "two"])
    assert.deepStrictEqual(namesOf("sort=-name"), ["two", "three", "one"])
    assert.deepStrictEqual(namesOf("sort=created"), ["one", "three", "two"])
    assert.deepStrictEqual(namesOf("sort=state"), ["two", "one", "three"])
  })

  it("has pages", () => {
    const many = Array.from({ length: 2 * pageSize + 1 }, (_, index) =>
      application("team-a", `app-${String(index).padStart(4, "0")}`, "RUNNING", "2026-01-01T00:00:00Z"),
    )
    const page = (query: string) =>
      applicationPage(many, () => true, Result.getOrThrow(parseQuery(new URLSearchParams(query))))
    assert.strictEqual(page("sort=name&page=2").rows[0]?.name, `app-${String(pageSize).padStart(4, "0")}`)
    assert.deepStrictEqual([page("page=3").rows.length, page("").pages], [1, 3])
    assert.strictEqual(page("page=99").page, 3, "the last page where there are no more")
  })

  it("shows every application on one page, in order, whatever the order in which they came", () => {
    const numbers = Array.from({ length: 3 * pageSize + 7 }, (_, index) => (index * 61) % (3 * pageSize + 7))
    const many = numbers.map((number) =>
      application("team-a", `app-${1000 + number}`, "RUNNING", `${2000 + number / 10}`),
    )
    const page = (sort: string, number: number) =>
      applicationPage(many, () => true, Result.getOrThrow(parseQuery(new URLSearchParams({ sort, page: `${number}` }))))
    const all = (sort: string) => [1, 2, 3, 4].flatMap((number) => page(sort, number).rows.map(({ name }) => name))
    const names = many.map(({ metadata }) => metadata.name).toSorted()
    assert.deepStrictEqual(all("name"), names)
    assert.deepStrictEqual(all("-created"), names.toReversed())
  })
})
