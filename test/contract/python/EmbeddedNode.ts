/** The embedded API server with its kubelet, for scripts of other clients, and a container that prints what a real one would. */

import { Effect, Schedule } from "effect"
import { Kube } from "../../../src/kube/Kube.ts"
import { pods } from "../../../src/kube/Resource.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import * as ApiServer from "../../../src/local/apiserver/http/ApiServer.ts"
import * as Kubelet from "../../../src/local/node/Kubelet.ts"
import { podBackend, programs } from "../../../src/local/spark/SparkPods.ts"

const annotate = (namespace: string, name: string, annotations: Readonly<Record<string, string>>) =>
  Kube.use((kube) => kube.patch(pods, namespace, name, { type: "merge", body: { metadata: { annotations } } }))

/** What the container of the pod `printer` does: three lines, one a second, then it succeeds. */
const printer = Effect.fnUntraced(function* (namespace: string) {
  yield* Kube.use((kube) => kube.get(pods, namespace, "printer")).pipe(
    Effect.flatMap(({ status }) => (status?.phase === "Running" ? Effect.void : Effect.fail("not yet"))),
    Effect.retry(Schedule.spaced("50 millis")),
  )
  const times: Array<number> = []
  for (let line = 1; line <= 3; line++) {
    times.push(yield* Effect.clockWith((clock) => clock.currentTimeMillis))
    yield* annotate(namespace, "printer", {
      "local.firesteel.dev/log": times.map((_, index) => `line ${index + 1}`).join("\n"),
      "local.firesteel.dev/log-times": times.join(" "),
    })
    yield* Effect.sleep("1 second")
  }
  yield* annotate(namespace, "printer", { "local.firesteel.dev/exit": "0" })
})

/** Runs in the scope. Pods of other names run for three seconds and print nothing. */
export const embeddedNode = Effect.fnUntraced(function* (namespace: string) {
  const server = yield* ApiServer.start({ seed: 7, podBackend })
  const kube = EmbeddedKube.make(server.cluster)
  yield* Effect.forkScoped(Effect.provideService(Kubelet.run(programs), Kube, kube))
  yield* Effect.forkScoped(Effect.provideService(printer(namespace), Kube, kube))
  return server
})
