/** Which handler answers a method and a path: patterns such as `/api/schedules/:namespace/:name`. Pure. */

/** Percent-decoded values of the parameters of a pattern. */
export type Parameters = Readonly<Record<string, string>>

export interface Route<Handler> {
  readonly method: "GET" | "POST"
  readonly pattern: string
  readonly handler: Handler
}

export type Match<Handler> =
  | { readonly _tag: "Found"; readonly handler: Handler; readonly parameters: Parameters }
  | { readonly _tag: "NotFound" }
  | { readonly _tag: "MethodNotAllowed"; readonly allow: ReadonlyArray<string> }

/** Names of objects in Kubernetes. A value with anything else, an encoded slash for example, is in no path. */
const isName = (text: string) => /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(text)

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

const parametersOf = (pattern: ReadonlyArray<string>, path: ReadonlyArray<string>): Parameters | undefined => {
  if (pattern.length !== path.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const segment = path[index] ?? ""
    if (!part.startsWith(":")) {
      if (part !== segment) return undefined
      continue
    }
    const value = decoded(segment)
    if (value === undefined || !isName(value)) return undefined
    found[part.slice(1)] = value
  }
  return found
}

/** The first route that fits. HEAD is answered as GET is. */
export const router = <Handler>(routes: ReadonlyArray<Route<Handler>>) => {
  const table = routes.map((route) => ({ ...route, parts: route.pattern.split("/") }))
  return (method: string, path: string): Match<Handler> => {
    const parts = path.split("/")
    const wanted = method === "HEAD" ? "GET" : method
    const allow = new Set<string>()
    for (const { parts: pattern, handler, method: own } of table) {
      const parameters = parametersOf(pattern, parts)
      if (parameters === undefined) continue
      if (own === wanted) return { _tag: "Found", handler, parameters }
      allow.add(own)
    }
    return allow.size === 0 ? { _tag: "NotFound" } : { _tag: "MethodNotAllowed", allow: [...allow] }
  }
}
