/**
 * Builds the package that is published: `node tools/bundle.ts [directory]`, by default `dist`. Node does not strip types under `node_modules`, so
 * what is installed is JavaScript; all dependencies are in it, so nothing else is installed. Each dynamic import is a file of its own, and
 * a command loads only what it needs.
 */

import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { build, type Plugin } from "rolldown"
import { pageFiles } from "../src/console/PageFiles.ts"

const root = resolve(import.meta.dirname, "..")
const target = resolve(process.argv[2] ?? join(root, "dist"))

/** Module ids that only exist in the bundle. */
const configurationOnly = "\0client-node-configuration"
const noFetch = "\0no-fetch"

/**
 * Of client-node only `KubeConfig` is used to connect (`src/kube/ClientNode.ts`). It takes two functions from the index of the generated API
 * client, which would bring all of it, and undici for a `fetch` that is never called. With them, connecting takes half a second longer.
 */
const onlyKubeConfig: Plugin = {
  name: "only-kube-config",
  resolveId(source, importer) {
    if (importer?.includes("@kubernetes/client-node/") !== true) return undefined
    if (source === "undici") return noFetch
    return source === "./gen/index.js" && importer.endsWith("/config.js") ? configurationOnly : undefined
  },
  load(id) {
    const generated = join(root, "node_modules/@kubernetes/client-node/dist/gen")
    if (id === configurationOnly) {
      return `export { createConfiguration } from ${JSON.stringify(join(generated, "configuration.js"))}
export { ServerConfiguration } from ${JSON.stringify(join(generated, "servers.js"))}`
    }
    return id === noFetch
      ? "export class Agent {}\nexport class ProxyAgent {}\nexport const fetch = undefined"
      : undefined
  },
}

const page = [...(await pageFiles())]

/** The page of the console as data: there are no sources to make it from. */
const pageAsData: Plugin = {
  name: "page-as-data",
  load: (id) =>
    id === join(root, "src/console/PageFiles.ts")
      ? `const files = new Map(${JSON.stringify(page)})\nexport const pageFiles = async () => files`
      : undefined,
}

interface Package {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
}

const { name, version, description, license }: Package = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

/** Older ones lack parts of the language, such as `Map.groupBy`, that are not translated. */
const engines = { node: ">=22" }

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
await build({
  input: { main: join(root, "src/main.ts") },
  platform: "node",
  plugins: [onlyKubeConfig, pageAsData],
  logLevel: "warn",
  // A warning about eval in a dependency is nothing to act on here.
  checks: { eval: false },
  output: {
    dir: join(target, "lib"),
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    // Names of classes are in messages.
    keepNames: true,
  },
})

/** kubectl looks for programs of these names on the path: the plugin, and what completes its command lines. */
const completion = "kubectl_complete-firesteel"
writeFileSync(join(target, completion), '#!/bin/sh\nexec kubectl-firesteel __complete "$@"\n')
chmodSync(join(target, completion), 0o755)
chmodSync(join(target, "lib/main.js"), 0o755)
cpSync(join(root, "examples"), join(target, "examples"), { recursive: true })
for (const file of ["LICENSE", "README.md"]) cpSync(join(root, file), join(target, file))
const bin = { firesteel: "lib/main.js", "kubectl-firesteel": "lib/main.js", [completion]: completion }
writeFileSync(
  join(target, "package.json"),
  `${JSON.stringify({ name, version, description, license, type: "module", bin, engines }, undefined, 2)}\n`,
)
