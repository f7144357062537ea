/** A history server as the API server has it, for tables. */

import type { SparkHistoryServer } from "../../src/api/history/SparkHistoryServer.ts"
import type { SparkHistoryServerSpec } from "../../src/api/history/SparkHistoryServerSpec.ts"

/** Over a claim, unless the test says otherwise. */
export const historyServer = (
  spec: Partial<SparkHistoryServerSpec> = {},
  metadata: Partial<SparkHistoryServer["metadata"]> = {},
): SparkHistoryServer => ({
  apiVersion: "firesteel.dev/v1alpha1",
  kind: "SparkHistoryServer",
  metadata: { name: "history", namespace: "team", uid: "history-uid", generation: 1, ...metadata },
  spec: {
    sparkVersion: "4.3.0",
    image: "spark:4.3.0",
    logDirectories: [{ url: "file:/spark-events", claim: { claimName: "events" } }],
    ...spec,
  },
})

/** Over an object store. */
export const overS3 = (
  spec: Partial<SparkHistoryServerSpec> = {},
  metadata: Partial<SparkHistoryServer["metadata"]> = {},
): SparkHistoryServer => historyServer({ logDirectories: [{ url: "s3a://logs/spark" }], ...spec }, metadata)
