/**
 * `node bench/manifests/render.ts FOLDER [flags of firesteel render]`: renders every SparkApplication below the folder and prints a table in
 * Markdown. Exit code 1 if one is refused whose mistake `Sources.ts` does not name, 2 if there is none or a flag is wrong.
 */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Result } from "effect"
import { render, type RenderOptions } from "../../src/cli/render/Render.ts"
import { decodeFlags, problemLines } from "../../src/settings/Flag.ts"
import * as PodSettings from "../../src/settings/PodSettings.ts"
import { noHealthDefaults } from "../../src/spark/health/HealthDefaults.ts"
import { noTarget } from "../../src/spark/history/EventLogTarget.ts"
import { mistakes } from "./Sources.ts"

const [folder = ".", ...args] = process.argv.slice(2)

/** As on a cluster to which applications of kubeflow's operator move. */
const usual = ["--submitter=auto", "--enable-batch-scheduler", "--kube-scheduler-names=kube-scheduler"]

const options = Result.map(decodeFlags(PodSettings.flags, [...usual, ...args], {}), (values): RenderOptions => {
  const { build, scheduling, submitter, metadata } = PodSettings.fromValues(values)
  return {
    build: PodSettings.buildOptions(build, () => true),
    scheduling,
    submitter,
    metadata,
    health: noHealthDefaults,
    eventLog: noTarget,
    precision: "seconds",
    now: 0,
  }
})

const manifests = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(ya?ml|json)$/.test(file))
  .sort()
  .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }))
  .filter(({ text }) => /kind["']?:\s*["']?SparkApplication\b/.test(text))

type Verdict = "rendered" | "rightly refused" | "refused"

const judge = (file: string, text: string, options: RenderOptions) => {
  const { good, remarks } = render(text, options)
  const told = remarks.map((remark) => remark.replace(/^[^:]*: (?=problem: |warning: )/, ""))
  const mistake = mistakes.get(file)
  const verdict: Verdict = good ? "rendered" : mistake === undefined ? "refused" : "rightly refused"
  return { file, verdict, remarks: verdict === "rightly refused" ? [`${mistake}.`, ...told] : told }
}

if (Result.isFailure(options) || manifests.length === 0) {
  console.error(Result.isFailure(options) ? problemLines(options.failure) : `${folder}: contains no SparkApplication`)
  process.exitCode = 2
} else {
  const judged = manifests.map(({ file, text }) => judge(file, text, options.success))
  console.log("| manifest | result | remarks |\n| --- | --- | --- |")
  for (const { file, verdict, remarks } of judged) {
    console.log(`| ${file} | ${verdict} | ${remarks.join("<br>").replaceAll("|", "\\|")} |`)
  }
  const count = (wanted: Verdict) => judged.filter(({ verdict }) => verdict === wanted).length
  console.log(
    `\n${judged.length} manifests: ${count("rendered")} rendered, ${count("rightly refused")} rightly refused, ${count("refused")} refused`,
  )
  if (count("refused") > 0) process.exitCode = 1
}
