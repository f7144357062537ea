/** The files of the page over HTTP, made once when the console starts, and compressed. Browsers keep them and ask whether they are still right. */

import { createHash } from "node:crypto"
import { extname } from "node:path"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { type Asked, type ConsoleRoute, forAll } from "./http/Exchange.ts"
import { notFound } from "./http/Refused.ts"
import { pageFiles } from "./PageFiles.ts"

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
  ".mjs": "text/javascript; charset=utf-8",
}

/** Reads and makes all of them; takes some tens of milliseconds. */
export const make: Effect.Effect<Assets> = Effect.promise(async () => {
  const files = new Map<string, Asset>()
  for (const [name, text] of await pageFiles()) files.set(name, await asset(types[extname(name)]!, text))
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
