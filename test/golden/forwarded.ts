/**
 * Which paths of the Spark UI follow the header `X-Forwarded-Context`, as a table: `node test/golden/forwarded.ts [VERSION…]`. All pages that the
 * first one leads to are read with the header. Needs Python with pip and a JDK 17.
 */

import { parseArgs } from "node:util"
import { goldenVersions } from "./GoldenCases.ts"
import { startSparkUi } from "./SparkUi.ts"

const base = "/ui/~key"

/** Of a page or stylesheet, by where they are: absolute paths that a browser would request. */
const linksOf = (html: string): ReadonlyArray<string> =>
  [...html.matchAll(/\b(?:href|src|action|data-[a-z-]*url)=["'](\/[^"'#]*)|url\(["']?(\/[^"')]*)/g)].map(
    ([, link, url]) => (link ?? url ?? "").replaceAll("&amp;", "&"),
  )

/** The path that the page gives to its scripts. */
const rootsOf = (html: string): ReadonlyArray<string> =>
  [...html.matchAll(/setUIRoot\('([^']*)'\)/g)].map(([, root = ""]) => root)

/** Paths in scripts that have nothing in front. */
const fixedPaths = (script: string): ReadonlyArray<string> =>
  [...script.matchAll(/(?<!\+\s*)["'](\/(?:static|jobs|stages|executors|SQL|environment|storage)\/[^"']*)/g)].map(
    ([, path = ""]) => path,
  )

interface Findings {
  pages: number
  files: number
  links: number
  readonly strayLinks: Set<string>
  readonly roots: Set<string>
  readonly fixed: Set<string>
  readonly missing: Set<string>
}

const crawl = async (url: string): Promise<Findings> => {
  const found: Findings = {
    pages: 0,
    files: 0,
    links: 0,
    strayLinks: new Set(),
    roots: new Set(),
    fixed: new Set(),
    missing: new Set(),
  }
  const waiting = ["/jobs/"]
  const seen = new Set(waiting)
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const response = await fetch(url + path, { headers: { "X-Forwarded-Context": base } })
    const text = await response.text()
    if (!response.ok) found.missing.add(path)
    const type = response.headers.get("content-type") ?? ""
    if (type.includes("javascript")) for (const fixed of fixedPaths(text)) found.fixed.add(fixed)
    if (!type.startsWith("text/html") && !type.startsWith("text/css")) {
      found.files++
      continue
    }
    found.pages++
    for (const root of rootsOf(text)) found.roots.add(root)
    for (const link of linksOf(text)) {
      found.links++
      const inside = link === base || link.startsWith(`${base}/`) ? link.slice(base.length) || "/" : undefined
      if (inside === undefined) found.strayLinks.add(link)
      // Sorting and paging make ever more addresses of the same page.
      const next = inside ?? link
      if (seen.has(next) || next.includes("/kill/") || /[?&][\w.]*(sort|page|desc)/i.test(next) || seen.size > 500)
        continue
      seen.add(next)
      waiting.push(next)
    }
  }
  return found
}

const redirectOf = async (url: string) => {
  const response = await fetch(`${url}/`, { headers: { "X-Forwarded-Context": base }, redirect: "manual" })
  return response.headers.get("location")?.replace(url, "") ?? ""
}

const few = (values: ReadonlySet<string>) =>
  [...values]
    .slice(0, 5)
    .map((value) => `\`${value}\``)
    .join(", ")

const measure = async (version: string) => {
  const ui = await startSparkUi(version)
  try {
    const { pages, files, links, strayLinks, roots, fixed, missing } = await crawl(ui.url)
    const location = await redirectOf(ui.url)
    const followed = (stray: ReadonlySet<string>) => (stray.size === 0 ? "all" : `all but ${few(stray)}`)
    const scripts = roots.size > 0 && [...roots].every((root) => root === base) ? followed(fixed) : `not: ${few(roots)}`
    const redirects = location.startsWith(`${base}/`) ? "yes" : `no: \`${location}\``
    const read = `${pages} pages, ${files} files`
    return [version, read, `${followed(strayLinks)} of ${links}`, scripts, redirects, few(missing) || "none"]
  } finally {
    await ui.close()
  }
}

const { positionals } = parseArgs({ allowPositionals: true })
const header = ["Spark", "Read", "Links that follow", "Paths of scripts that follow", "Redirects follow", "Missing"]
console.log(`| ${header.join(" | ")} |\n| ${header.map(() => "---").join(" | ")} |`)
for (const version of positionals.length > 0 ? positionals : goldenVersions) {
  console.log(`| ${(await measure(version)).join(" | ")} |`)
}
