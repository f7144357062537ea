import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { portForward } from "../../../src/kube/pod/PortForward.ts"
import { serveForwards as serve } from "../../support/PortForwardServer.ts"

/** Sends each text when the answer to the one before has arrived; the whole answer when the connection has ended. */
const talk = (port: number, texts: ReadonlyArray<string>) =>
  Effect.callback<string>((resume) => {
    const socket = connect(port, "127.0.0.1")
    const left = [...texts]
    let answer = ""
    let sent = 0
    const next = () => {
      if (answer.length < sent) return
      const text = left.shift()
      sent += text?.length ?? 0
      socket.write(text ?? "quit")
    }
    socket.on("connect", next)
    socket.on("data", (chunk) => {
      answer += chunk.toString()
      next()
    })
    socket.on("close", () => resume(Effect.succeed(answer)))
    socket.on("error", () => {})
  })

const target = { namespace: "spark", name: "pi-driver", port: 4040 }

describe("portForward", () => {
  it.live("forwards connections to the port of the pod, several at a time", () =>
    Effect.gen(function* () {
      const { connection, asked } = yield* serve()
      const problems: Array<string> = []
      const port = yield* portForward(connection, target, { localPort: 0, onProblem: (it) => problems.push(it) })
      const both = yield* Effect.all([talk(port, ["one", "two"]), talk(port, ["x".repeat(200_000)])], {
        concurrency: 2,
      })
      assert.strictEqual(both[0], "ONETWO")
      assert.strictEqual(both[1], "X".repeat(200_000))
      assert.deepStrictEqual(asked[0], {
        url: "/api/v1/namespaces/spark/pods/pi-driver/portforward?ports=4040",
        authorization: "Bearer t",
      })
      assert.deepStrictEqual(problems, [])
    }),
  )

  it.live("fails at once with what the API server says", () =>
    Effect.gen(function* () {
      const message = 'pods "pi-driver" is forbidden: User "u" cannot create resource "pods/portforward"'
      const { connection } = yield* serve({ status: 403, body: JSON.stringify({ kind: "Status", message }) })
      const error = yield* Effect.flip(portForward(connection, target, { localPort: 0, onProblem: () => {} }))
      assert.strictEqual(error.message, `cannot forward to port 4040 of pod pi-driver: ${message}`)
    }),
  )

  it.live("reports what the pod's side says, and ends that connection", () =>
    Effect.gen(function* () {
      const { connection } = yield* serve(undefined, "connection refused")
      const problems: Array<string> = []
      const port = yield* portForward(connection, target, { localPort: 0, onProblem: (it) => problems.push(it) })
      assert.strictEqual(yield* talk(port, ["hello"]), "")
      assert.deepStrictEqual(problems, ["connection refused"])
    }),
  )

  it.live("says which port is taken", () =>
    Effect.gen(function* () {
      const { connection } = yield* serve()
      const taken = Number(new URL(connection.server).port)
      const error = yield* Effect.flip(portForward(connection, target, { localPort: taken, onProblem: () => {} }))
      assert.match(error.message, new RegExp(`^cannot listen on port ${taken}: .*EADDRINUSE`))
    }),
  )
})
