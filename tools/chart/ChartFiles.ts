/**
 * The generated files of the charts: version, schema and README from the values, the fields of the definitions, admission policies, and copies of other files of
 * the repository, since a chart can contain only files of its own folder.
 */

import { Effect, FileSystem, type PlatformError } from "effect"
import { parse } from "yaml"
import { admissionPoliciesYaml } from "./AdmissionPolicies.ts"
import { chartDefinitions } from "./ChartDefinitions.ts"
import { chartReference } from "./ChartReference.ts"
import { chartSchema } from "./ChartSchema.ts"
import { chartValues } from "./ChartValues.ts"

export interface ChartFile {
  /** From the root of the repository. */
  readonly path: string
  readonly content: string
}

/** Sources and targets of the copies. */
export const copies: ReadonlyArray<{ readonly from: string; readonly ending: string; readonly to: string }> = [
  { from: "crds", ending: ".yaml", to: "charts/firesteel-crds/files" },
  { from: "otel/dashboards", ending: ".json", to: "charts/firesteel/files/dashboards" },
  { from: "otel/rules", ending: ".yaml", to: "charts/firesteel/files/rules" },
  { from: "otel", ending: "collector.yaml", to: "charts/firesteel/files" },
]

const introductions: Readonly<Record<string, string>> = {
  firesteel: `
\`\`\`sh
helm install firesteel-crds oci://ghcr.io/firesteel/charts/firesteel-crds
helm install firesteel oci://ghcr.io/firesteel/charts/firesteel -n firesteel-system --create-namespace
\`\`\`

How to choose values, what rights the operator has and why, and how to upgrade: [docs/install.md](../../docs/install.md).
Values that kubeflow's spark-operator chart also has keep its names.`,
  "firesteel-crds": `
\`\`\`sh
helm upgrade --install firesteel-crds oci://ghcr.io/firesteel/charts/firesteel-crds --take-ownership
\`\`\`

It is a separate chart because Helm never changes the files in a chart's \`crds/\`: this way \`helm upgrade\` adds new fields, and one
administrator can manage the definitions for many operators. \`--take-ownership\` is needed only if the definitions already exist, such as
kubeflow's. Uninstalling the chart keeps them (\`helm.sh/resource-policy: keep\`): deleting them would delete every application of the cluster.`,
}

/** `root` is the root of the repository, `version` that of the charts. The files of the other generators must have been written. */
export const generatedFiles = Effect.fnUntraced(function* (
  root: string,
  version: string,
): Effect.fn.Return<ReadonlyArray<ChartFile>, PlatformError.PlatformError, FileSystem.FileSystem> {
  const fileSystem = yield* FileSystem.FileSystem
  const read = (path: string) => fileSystem.readFileString(`${root}/${path}`)
  const described = yield* Effect.forEach(Object.entries(introductions), ([chart, introduction]) =>
    Effect.gen(function* () {
      const folder = `charts/${chart}`
      const values = chartValues(yield* read(`${folder}/values.yaml`))
      const chartFile = yield* read(`${folder}/Chart.yaml`)
      const { name, description }: { name: string; description: string } = parse(chartFile)
      return [
        {
          path: `${folder}/Chart.yaml`,
          content: chartFile.replaceAll(/^(version|appVersion): .*$/gm, `$1: ${version}`),
        },
        { path: `${folder}/values.schema.json`, content: chartSchema(`Values of the chart ${name}`, values) },
        { path: `${folder}/README.md`, content: chartReference({ name, description, introduction }, values) },
      ]
    }),
  )
  const copied = yield* Effect.forEach(copies, ({ from, ending, to }) =>
    Effect.gen(function* () {
      if (!(yield* fileSystem.exists(`${root}/${from}`))) return []
      const names = (yield* fileSystem.readDirectory(`${root}/${from}`)).filter((name) => name.endsWith(ending))
      return yield* Effect.forEach(names.sort(), (name) =>
        Effect.map(read(`${from}/${name}`), (content) => ({ path: `${to}/${name}`, content })),
      )
    }),
  )
  const definitions = { path: "charts/firesteel/files/definitions.yaml", content: chartDefinitions() }
  const policies = { path: "charts/firesteel/files/admission-policies.yaml", content: admissionPoliciesYaml() }
  return [...described, ...copied, definitions, policies].flat()
})
