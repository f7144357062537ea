/** What a user reads of a spark-submit that failed. */

import { assert, describe, it } from "@effect/vitest"
import { submitFailure } from "../../../src/spark/submit/SubmitJobFailure.ts"

describe("the failure of spark-submit", () => {
  it("is reported by its exceptions, without stack traces and shutdown messages", () => {
    const log = [
      "26/11/21 00:28:45 WARN NativeCodeLoader: Unable to load native-hadoop library for your platform",
      'Exception in thread "main" io.fabric8.kubernetes.client.KubernetesClientException: pods is forbidden',
      "\tat io.fabric8.kubernetes.client.KubernetesClientException.asException(KubernetesClientException.java:238)",
      "Caused by: java.io.IOException: no route",
      "\t... 20 more",
      "26/11/21 00:28:46 INFO ShutdownHookManager: Shutdown hook called",
      "",
    ].join("\n")
    assert.strictEqual(
      submitFailure(1, "Error", log),
      'Exception in thread "main" io.fabric8.kubernetes.client.KubernetesClientException: pods is forbidden; Caused by: java.io.IOException: no route (exit code 1)',
    )
  })

  it("of an API request is reported once", () => {
    const status =
      "Status(apiVersion=v1, code=403, message=pods is forbidden, status=Failure, additionalProperties={})."
    const log = `Caused by: io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: POST at: https://k/pods. Message: pods is forbidden. Received status: ${status}`
    assert.strictEqual(
      submitFailure(1, "Error", log),
      "Caused by: io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: POST at: https://k/pods. Message: pods is forbidden. (exit code 1)",
    )
  })

  it("is reported by the last lines if there is no exception", () => {
    const log = ["1", "2", "3", "4", "26/11/21 00:28:45 ERROR X: bad", "5", "6"].join("\n")
    assert.strictEqual(submitFailure(1, undefined, log), "3; 4; ERROR X: bad; 5; 6 (exit code 1)")
  })

  it("is reported by the exit code and the kubelet's reason if there is no output", () => {
    assert.strictEqual(submitFailure(137, "OOMKilled", undefined), "exit code 137, OOMKilled")
  })

  it("is short enough for a status", () => {
    assert.isBelow(submitFailure(1, "Error", `Error: ${"x".repeat(5000)}`).length, 1100)
  })
})
