/** A small custom resource for tests of the embedded cluster: defaults, validation, CEL, a status, printer columns. */

import { Effect, type Scope } from "effect"
import type { ApiError } from "../../src/local/apiserver/ApiError.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import type { ResourceKind } from "../../src/local/apiserver/ResourceKind.ts"

export const widgetCrd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget", shortNames: ["wd"] },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: "Size", type: "integer", jsonPath: ".spec.size" },
          { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
        ],
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                required: ["size"],
                properties: {
                  size: { type: "integer", minimum: 1, maximum: 10 },
                  color: { type: "string", enum: ["red", "blue"], default: "red", description: "What it looks like." },
                  parts: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
                  free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                  fixed: {
                    type: "string",
                    "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "fixed is immutable" }],
                  },
                },
                "x-kubernetes-validations": [
                  { rule: "self.color != 'blue' || self.size < 5", message: "blue widgets are small" },
                ],
              },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
}

/** A fresh cluster that serves widgets, and the kinds that tests use. */
export const widgetCluster = (
  options?: Cluster.ClusterOptions,
): Effect.Effect<
  { readonly cluster: Cluster.Cluster; readonly kind: (plural: string) => ResourceKind },
  never,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster.make({ seed: 7, ...options })
    const kind = (plural: string): ResourceKind => {
      const found = cluster.kinds.all().find((one) => one.plural === plural)
      if (found === undefined) throw new Error(`no kind ${plural}`)
      return found
    }
    yield* Effect.orDie(cluster.create(kind("customresourcedefinitions"), "", widgetCrd))
    return { cluster, kind }
  })

export const widget = (name: string, spec: object = { size: 1 }, metadata: object = {}) => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name, ...metadata },
  spec,
})

export const configMap = (name: string, metadata: object = {}, data: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
})

export const pod = (name: string, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, ...metadata },
  spec: { containers: [{ name: "main", image: "spark" }] },
})

/** The refusal of a request that must be refused. */
export const refusal = <A, R>(request: Effect.Effect<A, Cluster.RequestError, R>): Effect.Effect<ApiError, never, R> =>
  Effect.flip(request).pipe(
    Effect.orDie,
    Effect.map((error) => {
      if (error._tag !== "ApiError") throw new Error(error._tag)
      return error
    }),
  )
