/** Reads the text that Prometheus scrapes. */

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Every sample of an exposition in the text format. */
export const samples = (body: string | Uint8Array): ReadonlyArray<Sample> =>
  (typeof body === "string" ? body : new TextDecoder().decode(body))
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name = "", labels = "", value = ""] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      const pairs = [...labels.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text])
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })

/** The sum of the samples of this name that carry these labels; undefined if there is none. */
export const sample = (
  body: string | Uint8Array,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined => {
  const found = samples(body).filter(
    (it) => it.name === name && Object.entries(labels).every(([key, value]) => it.labels[key] === value),
  )
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
}
