/** Names of objects, namespaces and contexts for completion. Whatever goes wrong, or takes long, there are none. */

import { Effect, Option, Result, Schema } from "effect"
import { kubeconfigFiles } from "../../../kube/Connection.ts"
import { Kube, type KubeApi } from "../../../kube/Kube.ts"
import { namespaces, type Resource } from "../../../kube/Resource.ts"
import { readYaml } from "../../../kube/yaml/Yaml.ts"
import { readFlags } from "../../../settings/Flag.ts"
import type { Host } from "../../Host.ts"
import { textOf } from "../../manifest/ManifestFiles.ts"
import { splitArguments } from "../Arguments.ts"
import { connected } from "../Connected.ts"
import { type ObjectType, objectTypes, typeOf } from "../ObjectName.ts"
import { clusterFlags } from "../PluginFlags.ts"
import type { Completion } from "./Completion.ts"

type Question = Exclude<Completion, { readonly _tag: "Candidates" | "Files" }>

/** A user who presses a key does not wait longer. */
const patienceSeconds = 3
/** More are of no use on a screen. */
const most = 500

const namesOf = (kube: KubeApi, resource: Resource, namespace: string | undefined) =>
  Effect.map(kube.list(resource, { namespace, limit: most }), ({ items }) =>
    items.map(({ metadata }) => metadata?.name ?? ""),
  )

/** `schedule/nightly` where the word begins with a type, and for all types but the first. */
const objectNames = Effect.fnUntraced(function* (
  kube: KubeApi,
  types: ReadonlyArray<ObjectType>,
  word: string,
  namespace: string,
) {
  const [typed, name] = word.split("/")
  if (name !== undefined) {
    const type = Result.getOrUndefined(typeOf(typed ?? ""))
    const found = type === undefined ? [] : yield* namesOf(kube, type.resource, namespace)
    return found.map((one) => `${typed}/${one}`)
  }
  const [first, ...others] = types
  const plain = first === undefined ? [] : yield* namesOf(kube, first.resource, namespace)
  return [...plain, ...others.map(({ noun }) => `${noun}/`)]
})

const Contexts = Schema.Struct({ contexts: Schema.Array(Schema.Struct({ name: Schema.String })) })
const decodeContexts = Schema.decodeUnknownOption(Contexts)

/** Of all files that can be read. */
const contextNames = Effect.fnUntraced(function* (files: ReadonlyArray<string>) {
  const texts = yield* Effect.forEach(files, (file) => Effect.orElseSucceed(textOf(file), () => ""))
  const found = texts.flatMap((text) =>
    readYaml(text).flatMap(({ content }) => Option.toArray(decodeContexts(Result.getOrUndefined(content)))),
  )
  return found.flatMap(({ contexts }) => contexts.map(({ name }) => name))
})

/** The names that fit, as far as they can be read with the flags that are on the command line already. */
export const readNames = (question: Question, before: ReadonlyArray<string>, word: string, host: Host) => {
  const { values } = readFlags(clusterFlags, splitArguments(clusterFlags, before).flags, host.environment)
  const { kubeconfig, context, namespace } = values
  if (question._tag === "Contexts") {
    return contextNames(kubeconfigFiles({ kubeconfig, environment: host.environment }))
  }
  const types = question._tag === "Names" ? objectTypes.filter(({ noun }) => question.types.includes(noun)) : []
  return connected({ kubeconfig, context }, host, (connection) =>
    Effect.flatMap(Kube, (kube) =>
      question._tag === "Namespaces"
        ? namesOf(kube, namespaces, undefined)
        : objectNames(kube, types, word, namespace ?? connection.namespace),
    ),
  ).pipe(
    Effect.scoped,
    Effect.timeout(patienceSeconds * 1000),
    Effect.orElseSucceed((): ReadonlyArray<string> => []),
  )
}
