/**
 * The files of the page, made once when the console starts: TypeScript without its types (`node:module`), the modules of Preact, and the style
 * sheet, compressed. Browsers keep them and ask whether they are still right.
 */

import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { type Asked, type ConsoleRoute, forAll } from "./http/Exchange.ts"
import { notFound } from "./http/Refused.ts"

export interface Asset {
  readonly contentType: string
  readonly etag: string
  readonly plain: Uint8Array
  readonly compressed: Uint8Array
}

export interface Assets {
  /** By name, as in `/assets/<name>`. */
  readonly files: ReadonlyMap<string, Asset>
  /** The one page, which shows what the path says. */
  readonly index: Asset
}

const folder = join(import.meta.dirname, "page")

/** Modules of packages, by the name under which the page imports them. */
const packages: Readonly<Record<string, string>> = {
  preact: "preact.mjs",
  "preact/hooks": "hooks.mjs",
}

/** In front of Spark's own scripts, in the sandbox in which a driver's UI is shown. */
const forSandbox = "sandbox.js"
/** Files that pages of another origin load, as those of the sandbox are. */
const shared: ReadonlySet<string> = new Set([forSandbox, "icon.svg"])

const compress = promisify(gzip)

const asset = async (contentType: string, text: string): Promise<Asset> => {
  const plain = Buffer.from(text)
  return {
    contentType,
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    plain,
    compressed: await compress(plain, { level: 9 }),
  }
}

/** Imports as paths of assets: of packages, and of modules of the page. Source maps are not served. */
export const browserModule = (source: string): string =>
  source
    .replaceAll(/(\bfrom\s*|\bimport\s*)(["'])([^"'\n]+)\2/g, (whole, keyword: string, quote: string, name: string) => {
      const file = packages[name] ?? (/^\.\/([\w-]+)\.ts$/.exec(name)?.[1] ?? "").concat(".js")
      return file === ".js" ? whole : `${keyword}${quote}/assets/${file}${quote}`
    })
    .replace(/\n\/\/# sourceMappingURL=.*/, "")

const indexOf = (modules: ReadonlyArray<string>) => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Firesteel</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/console.css">
${modules.map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join("\n")}
<script type="module" src="/assets/Main.js"></script>
</head>
<body>
<div id="console"><noscript>The console needs JavaScript.</noscript></div>
</body>
</html>
`

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".js": "text/javascript; charset=utf-8",
}

/** Reads and makes all of them; takes some tens of milliseconds. */
export const make: Effect.Effect<Assets> = Effect.promise(async () => {
  const files = new Map<string, Asset>()
  for (const [name, file] of Object.entries(packages)) {
    const path = new URL(import.meta.resolve(name))
    files.set(file, await asset(types[".js"]!, browserModule(await readFile(path, "utf8"))))
  }
  for (const file of (await readdir(folder)).toSorted()) {
    const text = await readFile(join(folder, file), "utf8")
    if (file.endsWith(".ts") && !file.endsWith(".d.ts")) {
      const script = browserModule(stripTypeScriptTypes(text))
      files.set(file.replace(/\.ts$/, ".js"), await asset(types[".js"]!, script))
      continue
    }
    const type = types[/\.\w+$/.exec(file)?.[0] ?? ""]
    if (type !== undefined) files.set(file, await asset(type, text))
  }
  const modules = [...files.keys()].filter((name) => /\.m?js$/.test(name) && name !== forSandbox)
  return { files, index: await asset("text/html; charset=utf-8", indexOf(modules)) }
})

const serve = (name: string, { contentType, etag, plain, compressed }: Asset, { headers }: Asked) => {
  const policy = shared.has(name) ? { "cross-origin-resource-policy": "cross-origin" } : {}
  const common = { ...policy, etag, "cache-control": "no-cache", vary: "accept-encoding" }
  if (headers["if-none-match"] === etag) return HttpServerResponse.empty({ status: 304, headers: common })
  const isCompressed = /\bgzip\b/.test(headers["accept-encoding"] ?? "")
  return HttpServerResponse.uint8Array(isCompressed ? compressed : plain, {
    contentType,
    headers: { ...common, ...(isCompressed ? { "content-encoding": "gzip" } : {}) },
  })
}

/** Paths of the page that a browser may be opened at, or reloaded. */
const pages = [
  "/",
  "/applications",
  "/applications/:namespace/:name",
  "/schedules",
  "/schedules/:namespace/:name",
  "/connects",
  "/connects/:namespace/:name",
]

export const assetRoutes = ({ files, index }: Assets): ReadonlyArray<ConsoleRoute> => [
  ...[...files].map(([name, file]) =>
    forAll("GET", `/assets/${name}`, (asked) => Effect.succeed(serve(name, file, asked))),
  ),
  forAll("GET", "/favicon.ico", (asked) => Effect.succeed(serve("icon.svg", files.get("icon.svg")!, asked))),
  forAll("GET", "/assets/:file", () => Effect.fail(notFound("This file"))),
  ...pages.map((pattern) => forAll("GET", pattern, (asked) => Effect.succeed(serve("index.html", index, asked)))),
]
