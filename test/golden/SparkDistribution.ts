/** The real Spark: PyPI's `pyspark` holds the launch scripts and all jars, those for Kubernetes too. */

import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { homedir } from "node:os"

/** The home of this version, fetched with pip at first use. The cache may be deleted at any time. */
export const sparkHome = (version: string): string => {
  const cache = `${process.env["XDG_CACHE_HOME"] ?? `${homedir()}/.cache`}/firesteel-golden`
  const home = `${cache}/spark-${version}`
  if (existsSync(`${home}/jars`)) return home

  const [download, unpacked] = [`${cache}/download-${version}`, `${cache}/unpacked-${version}`]
  for (const folder of [download, unpacked]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", download]
  execFileSync("python3", [...pip, `pyspark==${version}`], { stdio: "inherit" })
  const folder = `pyspark-${version}`
  const tar = ["-xzf", `${download}/${folder}.tar.gz`, "-C", unpacked, "--strip-components=2"]
  execFileSync("tar", [...tar, `${folder}/deps/jars`, `${folder}/deps/bin`])
  renameSync(unpacked, home)
  rmSync(download, { recursive: true })
  return home
}
