/** Content negotiation by the header `Accept-Encoding` of a request (RFC 9110 §12.5.3). Pure. */

/** The codings of a header such as `gzip;q=0.5, identity`, in small letters, with their quality from 0 (not acceptable) to 1. */
const qualities = (header: string | undefined): ReadonlyMap<string, number> => {
  const found = new Map<string, number>()
  for (const entry of (header ?? "").split(",")) {
    const [value = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase())
    if (value === "") continue
    const q = /^q\s*=\s*"?(.*?)"?$/.exec(parameters.find((it) => /^q\s*=/.test(it)) ?? "q=1")?.[1] ?? ""
    const quality = /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(q) ? Number(q) : 0
    found.set(value, Math.max(quality, found.get(value) ?? 0))
  }
  return found
}

/** Whether the client accepts gzip, with a q-value no lower than that of no compression. Invalid entries count as not acceptable. */
export const takesGzip = (acceptEncoding: string | undefined): boolean => {
  const found = qualities(acceptEncoding)
  const zipped = found.get("gzip") ?? found.get("x-gzip") ?? found.get("*") ?? 0
  return zipped > 0 && zipped >= (found.get("identity") ?? 0)
}
