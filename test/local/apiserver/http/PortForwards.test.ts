/** Ports of the embedded cluster's pods through the client of port-forward. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { WebSocket } from "ws"
import type { Connection } from "../../../../src/kube/Connection.ts"
import { portForward } from "../../../../src/kube/pod/PortForward.ts"
import * as ApiServer from "../../../../src/local/apiserver/http/ApiServer.ts"
import { jsonAnswer, silentPods, unreachable } from "../../../../src/local/apiserver/PodBackend.ts"

const pod = { metadata: { name: "p" }, spec: { containers: [{ name: "main", image: "image" }] } }

/** A cluster with one pod, which answers on port 4040 with what it was asked for. */
const started = Effect.gen(function* () {
  const podBackend = {
    ...silentPods,
    proxy: (_cluster: unknown, _kind: unknown, { target, path }: { readonly target: string; readonly path: string }) =>
      target === "p:4040" ? Effect.succeed(jsonAnswer({ path, long: "x".repeat(300_000) })) : unreachable(target),
  }
  const { cluster, url } = yield* ApiServer.start({ podBackend })
  yield* cluster.create(cluster.kinds.find("", "v1", "pods")!, "default", pod)
  const connection: Connection = {
    server: url,
    namespace: "default",
    credentials: { current: Effect.succeed({ headers: {}, tls: {} }), refused: () => Effect.void },
  }
  const problems: Array<string> = []
  const forward = (name: string, port: number) =>
    portForward(
      connection,
      { namespace: "default", name, port },
      { localPort: 0, onProblem: (it) => problems.push(it) },
    )
  return { forward, problems, url }
})

describe("port-forward in the embedded cluster", () => {
  it.live("leads to what the pod serves, several requests at a time", () =>
    Effect.gen(function* () {
      const { forward, problems } = yield* started
      const port = yield* forward("p", 4040)
      const paths = ["/", "/jobs/?id=1", "/a", "/b"]
      const asked = paths.map(
        async (path) =>
          (await fetch(`http://127.0.0.1:${port}${path}`)).json() as Promise<{
            readonly path: string
            readonly long: string
          }>,
      )
      const answers = yield* Effect.promise(() => Promise.all(asked))
      assert.deepStrictEqual(
        answers.map((it) => [it.path, it.long.length]),
        paths.map((path) => [path, 300_000]),
      )
      assert.deepStrictEqual(problems, [])
    }).pipe(Effect.scoped),
  )

  it.live("reports where nothing listens, and pods that do not exist", () =>
    Effect.gen(function* () {
      const { forward, problems, url } = yield* started
      const port = yield* forward("p", 15002)
      yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}`).catch(() => undefined))
      assert.deepStrictEqual(problems, ["error forwarding port 15002 to pod p: connection refused"])
      const missing = yield* Effect.flip(forward("other", 4040))
      assert.strictEqual(missing.message, 'cannot forward to port 4040 of pod other: pods "other" not found')
      const exec = new WebSocket(`${url.replace("http", "ws")}/api/v1/namespaces/default/pods/p/exec`)
      const refused = new Promise<string>((resolve) => {
        exec.once("unexpected-response", (_, { statusCode }) => resolve(`refused with ${statusCode}`))
        exec.once("open", () => resolve("opened"))
      })
      assert.strictEqual(yield* Effect.promise(() => refused), "refused with 404")
    }).pipe(Effect.scoped),
  )
})
