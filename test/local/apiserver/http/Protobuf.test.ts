import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { requestBody } from "../../../../src/local/apiserver/http/RequestBody.ts"

/** Bodies as kubectl 1.36 sent them. */
const recorded = {
  service:
    "azhzAAoNCgJ2MRIHU2VydmljZRJzCiYKA3dlYhIAGgdkZWZhdWx0IgAqADIAOABCAFoKCgNhcHASA3dlYhJFCh4KBzgwLWh0dHASA1RDUBhQIgoIARAAGgRodHRwKAASCgoDYXBwEgN3ZWIaACIJQ2x1c3RlcklQOgBCAFIAWgBgAGgAGgIKABoAIgA=",
  configMap: "azhzAAoPCgJ2MRIJQ29uZmlnTWFwEiYKEQoBYxIAGgAiACoAMgA4AEIAEgYKAWESAWISCQoFZW1wdHkSABoAIgA=",
}

const body = (base64: string) => requestBody(Buffer.from(base64, "base64"), "application/vnd.kubernetes.protobuf")

describe("Protobuf bodies", () => {
  it("are decoded to the equivalent JSON", () => {
    assert.deepStrictEqual(
      body(recorded.service),
      Result.succeed({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web", namespace: "default", labels: { app: "web" } },
        spec: {
          ports: [{ name: "80-http", protocol: "TCP", port: 80, targetPort: "http" }],
          selector: { app: "web" },
          type: "ClusterIP",
        },
        status: { loadBalancer: {} },
      }),
    )
  })

  it("keep values that are empty on purpose", () => {
    assert.deepStrictEqual(
      body(recorded.configMap),
      Result.succeed({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "c" },
        data: { a: "b", empty: "" },
      }),
    )
  })

  it.each([Buffer.from("nonsense"), Buffer.from(recorded.service, "base64").subarray(0, 40), Buffer.from("k8s\0\x0f")])(
    "are refused with 400 when they are damaged",
    (bytes) => {
      const result = requestBody(bytes, "application/vnd.kubernetes.protobuf")
      assert.strictEqual(Result.isFailure(result) && result.failure.code, 400)
    },
  )
})
