/**
 * Which paths of a driver's UI the console asks for: what a browser sends for Spark's own links, and nothing that a server in between could read
 * in another way. Pure.
 */

/** Decoded until nothing changes, so that `%252f` is found, too; undefined: it is not valid. */
const fullyDecoded = (segment: string): string | undefined => {
  let text = segment
  for (let round = 0; round < 3; round++) {
    try {
      const next = decodeURIComponent(text)
      if (next === text) return text
      text = next
    } catch {
      return undefined
    }
  }
  return undefined
}

const isPlain = (segment: string): boolean => {
  const text = fullyDecoded(segment)
  // oxlint-disable-next-line no-control-regex
  return text !== undefined && text !== "." && text !== ".." && !/[/\\\u0000-\u001f\u007f]/.test(text)
}

export type UiPath =
  | { readonly _tag: "Plain"; readonly path: string }
  /** It ends jobs, stages or drivers: before Spark 4.3 also by a GET. */
  | { readonly _tag: "Kill" }
  | { readonly _tag: "Invalid" }

/** `path` starts with a slash and has no query. Paths without a slash in front, with empty segments, `..` or encoded slashes are invalid. */
export const uiPath = (path: string): UiPath => {
  const [root, ...segments] = path.split("/")
  if (root !== "" || segments.length === 0) return { _tag: "Invalid" }
  const inside = segments.slice(0, -1)
  if (inside.includes("") || !segments.every(isPlain)) return { _tag: "Invalid" }
  const isKill = segments.some((segment) => fullyDecoded(segment)?.toLowerCase() === "kill")
  return isKill ? { _tag: "Kill" } : { _tag: "Plain", path }
}
