/** Links between the pages: every relative link leads to a file that exists, and every anchor to a heading of it. Addresses on the web are not asked. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = resolve(import.meta.dirname, "../..")
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "otel/instruments.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
]

/** Without fenced blocks, in which `#` begins a comment and brackets mean something else. */
const prose = (page: string) => readFileSync(join(root, page), "utf8").replaceAll(/^(```+).*\n[\s\S]*?^\1$/gm, "")

/** The anchors that GitHub gives to the headings of a page; equal ones are numbered. */
const anchors = (page: string): ReadonlySet<string> => {
  const seen = new Map<string, number>()
  const headings = [...prose(page).matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = ""]) =>
    title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  )
  return new Set(
    headings.map((heading) => {
      const count = seen.get(heading) ?? 0
      seen.set(heading, count + 1)
      return count === 0 ? heading : `${heading}-${count}`
    }),
  )
}

const links = (page: string): ReadonlyArray<string> =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((to) => !/^[a-z]+:/.test(to))

/** The file that a link of the page leads to, from the root of the repository. */
const targetOf = (page: string, link: string): string => {
  const [path = ""] = link.split("#")
  return path === "" ? page : relative(root, resolve(root, dirname(page), path))
}

const isBroken = (page: string, link: string): boolean => {
  const file = targetOf(page, link)
  const [, anchor] = link.split("#")
  if (file.startsWith("..") || !existsSync(join(root, file))) return true
  return anchor !== undefined && file.endsWith(".md") && !anchors(file).has(anchor)
}

describe("the pages", () => {
  it("link to files and headings that exist", () => {
    const broken = pages.flatMap((page) =>
      links(page)
        .filter((link) => isBroken(page, link))
        .map((link) => `${page}: ${link}`),
    )
    assert.deepStrictEqual(broken, [])
  })

  it("can all be reached from the index, docs/README.md", () => {
    const reached = new Set(["docs/README.md"])
    // A set that grows while it is iterated: breadth first.
    for (const page of reached) {
      for (const link of links(page)) {
        const target = targetOf(page, link)
        if (pages.includes(target)) reached.add(target)
      }
    }
    assert.deepStrictEqual(
      pages.filter((page) => !reached.has(page)),
      [],
    )
  })
})
