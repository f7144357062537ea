import { assert, describe, it } from "@effect/vitest"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { isLeaving } from "../../../src/application/reconcile/Ownership.ts"
import type { KubeObject } from "../../../src/kube/Resource.ts"
import { sparkPi } from "../../support/OperatorBench.ts"

const application: SparkApplication = { ...sparkPi("pi"), metadata: { name: "pi", namespace: "default", uid: "new" } }
const owner = { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication", name: "pi", uid: "old" }

describe("an object that has the name of one that is to be created", () => {
  it.each<readonly [string, KubeObject["metadata"], boolean]>([
    ["goes away if it is being deleted", { deletionTimestamp: "2026-11-20T12:00:00Z" }, true],
    ["goes away if an earlier application of this name owns it", { ownerReferences: [owner] }, true],
    ["stays if this application owns it", { ownerReferences: [{ ...owner, uid: "new" }] }, false],
    ["stays if another application owns it", { ownerReferences: [{ ...owner, name: "other" }] }, false],
    ["stays if something else of this name owns it", { ownerReferences: [{ ...owner, kind: "Deployment" }] }, false],
    ["stays if nothing owns it", {}, false],
  ])("%s", (_, metadata, leaves) => {
    assert.strictEqual(isLeaving({ metadata: { name: "spark-pi-pg", ...metadata } }, application), leaves)
  })
})
