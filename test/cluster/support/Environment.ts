/** What `test/cluster/run` passes to the suite: images, and how the operator was installed. Every error names the missing variable. */

const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === "")
    throw new Error(`${name} is not set; see test/cluster/run and CONTRIBUTING.md`)
  return value
}

/** Where the chart's release is. */
export const operatorNamespace = "firesteel-system"
export const operatorLabels = "app.kubernetes.io/name=firesteel"

export interface SparkImage {
  readonly version: string
  readonly image: string
}

/** The Spark versions of this run, oldest first: `3.5.9=image,4.3.0=image`. */
export const sparkImages: ReadonlyArray<SparkImage> = required("FIRESTEEL_SPARK_IMAGES")
  .split(",")
  .map((pair) => {
    const [version = "", image = ""] = pair.split(/=(.*)/)
    return { version, image }
  })

/** The definitions of the Gateway API: a folder or an address, for `kubectl apply`. */
export const gatewayApi = () => required("FIRESTEEL_GATEWAY_API")

/** An interpreter that has PyPI's `kubernetes`. */
export const python = required("FIRESTEEL_PYTHON")

export const oldest = sparkImages[0]!
export const newest = sparkImages.at(-1)!

/** A registry that refuses every connection at once. The name of one that does not exist waits for DNS, which may take longer than a deadline of a test. */
export const unreachableRegistry = "127.0.0.1:9"
