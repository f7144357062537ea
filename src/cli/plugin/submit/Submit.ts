/** `submit -- <arguments of spark-submit>`: the way from a shell script to a manifest. */

import { Effect, Result } from "effect"
import { sparkApplications } from "../../../api/Kinds.ts"
import type { Problem } from "../../../api/Problem.ts"
import { readYaml } from "../../../kube/yaml/Yaml.ts"
import { problemLines } from "../../../settings/Flag.ts"
import { optionalText, toggle } from "../../../settings/ValueKind.ts"
import { parseProperties } from "../../../spark/conf/Properties.ts"
import { textOf } from "../../manifest/ManifestFiles.ts"
import { UsageError } from "../../UsageError.ts"
import { fullName } from "../ObjectName.ts"
import { printDocument, printLines } from "../Output.ts"
import { output, waitFlags } from "../PluginFlags.ts"
import { awaitEnd } from "../run/Await.ts"
import { create } from "../run/Create.ts"
import { verb } from "../Verb.ts"
import { equalApplication } from "./EqualApplication.ts"
import { parseSparkSubmit, type SparkSubmitCommand } from "./SparkSubmitArguments.ts"

const flags = {
  apply: { kind: toggle, default: "false", description: "Create the application instead of printing it." },
  sparkVersion: {
    kind: optionalText("a version such as 4.0.1"),
    default: "",
    description: "Version of Spark in the image. Without it: from the tag of the image.",
  },
  output: { ...output, default: "yaml" },
  ...waitFlags,
} as const

const readText = (file: string) => Effect.mapError(textOf(file), ({ message }) => new UsageError({ message }))

/** A pod template: the first document of a file. */
const readTemplate = Effect.fnUntraced(function* (file: string | undefined) {
  if (file === undefined) return undefined
  const [document] = readYaml(yield* readText(file))
  if (document === undefined) return undefined
  return yield* Effect.fromResult(
    Result.mapError(
      document.content,
      ({ line, message }) => new UsageError({ message: `${file}, line ${line}: ${message}` }),
    ),
  )
})

/** The properties file and the pod templates that the command line names. */
const filesOf = Effect.fnUntraced(function* ({ conf, propertiesFile }: SparkSubmitCommand) {
  const properties =
    propertiesFile === undefined ? new Map<string, string>() : parseProperties(yield* readText(propertiesFile))
  const template = (role: string) => {
    const key = `spark.kubernetes.${role}.podTemplateFile`
    return readTemplate(conf.get(key) ?? properties.get(key))
  }
  return { properties, templates: { driver: yield* template("driver"), executor: yield* template("executor") } }
})

export const submit = verb({
  name: "submit",
  summary: "Print or create the application that equals a command line of spark-submit",
  group: "cluster",
  usage: "-- ARGUMENTS",
  about: `Translates what follows -- as spark-submit would read it, with its properties file and pod templates. Keys that have a field in
a SparkApplication become that field, all others go to spec.sparkConf. What differs is reported to standard error. Files of this machine
cannot be translated: the exit code is 1, and nothing is created.`,
  examples: [
    [
      "See the manifest of a job",
      "submit -- --class org.example.Job --conf spark.kubernetes.container.image=spark:4.0.1 local:///opt/job.jar 100",
    ],
    ["Create it and wait for its result", "submit --apply --wait -- $(cat arguments.txt)"],
  ],
  flags,
  operands: { least: 0, most: 0, what: "" },
  takesRest: true,
  run: Effect.fnUntraced(function* (call) {
    const { flags, rest, namespace: given, host } = call
    if (rest === undefined || rest.length === 0) {
      return yield* new UsageError({ message: "--: is required, followed by the arguments of spark-submit" })
    }
    const command = yield* Effect.fromResult(
      Result.mapError(parseSparkSubmit(rest), (message) => new UsageError({ message })),
    )
    const { application, problems, remarks } = equalApplication(command, yield* filesOf(command), {
      sparkVersion: flags.sparkVersion,
      namespace: given,
    })
    remarks.forEach((line) => host.stderr.write(`remark: ${line}\n`))
    const all: ReadonlyArray<Problem> = problems
    if (all.length > 0) host.stderr.write(`${problemLines(all)}\n`)
    const { name, namespace } = application["metadata"] as { readonly name: string; readonly namespace: string }
    if (!flags.apply) {
      if (flags.output === "name") yield* printLines([fullName(sparkApplications, name)])
      else yield* printDocument(application, flags.output === "json" ? "json" : "yaml")
      return all.length === 0
    }
    if (all.length > 0) return false
    return yield* awaitEnd(yield* create(application, namespace, host.program), flags, call)
  }),
})
