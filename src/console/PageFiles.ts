/**
 * The texts of the page's files, as browsers get them: TypeScript without its types (`node:module`), the modules of Preact, style sheet and icon.
 * The published package has them as data (`tools/bundle.ts`), because it has no sources.
 */

import { readdir, readFile } from "node:fs/promises"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"

const folder = join(import.meta.dirname, "page")

/** Modules of packages, by the name under which the page imports them. */
const packages: Readonly<Record<string, string>> = {
  preact: "preact.mjs",
  "preact/hooks": "hooks.mjs",
}

/** Imports as paths of assets: of packages, and of modules of the page. Source maps are not served. */
export const browserModule = (source: string): string =>
  source
    .replaceAll(/(\bfrom\s*|\bimport\s*)(["'])([^"'\n]+)\2/g, (whole, keyword: string, quote: string, name: string) => {
      const file = packages[name] ?? (/^\.\/([\w-]+)\.ts$/.exec(name)?.[1] ?? "").concat(".js")
      return file === ".js" ? whole : `${keyword}${quote}/assets/${file}${quote}`
    })
    .replace(/\n\/\/# sourceMappingURL=.*/, "")

/** What is served besides scripts. */
const isServed = (file: string) => /\.(css|svg)$/.test(file)

const moduleOf = /^(\w+)\.ts$/

/** By name, as in `/assets/<name>`. */
export const pageFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const files = new Map<string, string>()
  for (const [name, file] of Object.entries(packages)) {
    files.set(file, browserModule(await readFile(new URL(import.meta.resolve(name)), "utf8")))
  }
  for (const file of (await readdir(folder)).toSorted()) {
    const text = () => readFile(join(folder, file), "utf8")
    const module = moduleOf.exec(file)?.[1]
    if (module !== undefined) files.set(`${module}.js`, browserModule(stripTypeScriptTypes(await text())))
    else if (isServed(file)) files.set(file, await text())
  }
  return files
}
