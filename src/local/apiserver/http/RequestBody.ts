/** The body of a request as JSON: from JSON, YAML or Protobuf, with the line of a syntax error, and within the size limit of Kubernetes. */

import { Result } from "effect"
import { readYaml } from "../../../kube/yaml/Yaml.ts"
import { type ApiError, badRequest, tooLarge, unsupportedMediaType } from "../ApiError.ts"
import { protobufBody } from "./Protobuf.ts"

/** Bytes of a request body: the limit of Kubernetes' API server. */
export const bodyLimit = 3 * 1024 * 1024

const mediaType = (contentType: string | undefined): string => (contentType ?? "").split(";")[0]!.trim().toLowerCase()

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length

const parseJson = (text: string): Result.Result<unknown, ApiError> =>
  Result.try({
    try: (): unknown => JSON.parse(text),
    catch: (error) => {
      const message = error instanceof Error ? error.message : String(error)
      const offset = Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
      return badRequest(`error decoding the body as JSON: line ${lineOf(text, offset)}: ${message}`)
    },
  })

/** Only the first document counts. */
const parseYaml = (text: string): Result.Result<unknown, ApiError> =>
  Result.mapError(readYaml(text)[0]?.content ?? Result.succeed(null), ({ line, message }) =>
    badRequest(`error converting YAML to JSON: yaml: line ${line}: ${message}`),
  )

/**
 * Parses a body by its `Content-Type`; without one it is JSON. Fails with 400 and the line of a syntax error, with 413 if it is too
 * large, with 415 for other types. An empty body is `undefined`.
 */
export const requestBody = (bytes: Buffer, contentType: string | undefined): Result.Result<unknown, ApiError> => {
  if (bytes.length > bodyLimit) return Result.fail(tooLarge())
  if (bytes.length === 0) return Result.succeed(undefined)
  const type = mediaType(contentType)
  if (type === "application/vnd.kubernetes.protobuf") return protobufBody(bytes)
  // JSON is YAML too, but JSON.parse is faster and stricter.
  const text = bytes.toString("utf8")
  if (type.endsWith("yaml"))
    return /^\s*[{[]/.test(text) ? Result.orElse(parseJson(text), () => parseYaml(text)) : parseYaml(text)
  if (type === "" || type.endsWith("json") || type === "text/plain") return parseJson(text)
  return Result.fail(
    unsupportedMediaType(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]),
  )
}

/** The patch type that a `Content-Type` names. */
export const patchType = (contentType: string | undefined): "json" | "merge" | "strategic" | "apply" | undefined => {
  switch (mediaType(contentType)) {
    case "application/json-patch+json":
      return "json"
    case "application/merge-patch+json":
      return "merge"
    case "application/strategic-merge-patch+json":
      return "strategic"
    case "application/apply-patch+yaml":
      return "apply"
    default:
      return undefined
  }
}
