/** Real clients of Connect servers: PyPI's `pyspark-client` in a process of the run, which reaches a server by `kubectl port-forward`. */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Effect, Schema, type Scope } from "effect"
import { python } from "./Environment.ts"
import type { World } from "./World.ts"

export class ClientError extends Schema.TaggedError<ClientError>()("ClientError", { message: Schema.String }) {}

export interface Notebook {
  /** Opens a session under a name; succeeds with the version of the server. */
  readonly open: (session: string, url: string) => Effect.Effect<string, ClientError>
  /** The number of rows of `spark.range(rows)`. */
  readonly count: (session: string, rows: number) => Effect.Effect<number, ClientError>
  readonly close: (session: string) => Effect.Effect<void, ClientError>
}

/** One process, which keeps its sessions until the scope ends; answers come in the order of the questions. */
export const startNotebook: Effect.Effect<Notebook, never, Scope.Scope> = Effect.gen(function* () {
  const process = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(python, [join(import.meta.dirname, "../spark/notebook.py")], { stdio: ["pipe", "pipe", "ignore"] }),
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL")),
  )
  const lines = createInterface(process.stdout)[Symbol.asyncIterator]()
  const ask = (question: object) =>
    Effect.gen(function* () {
      const line = yield* Effect.promise(async () => {
        process.stdin.write(`${JSON.stringify(question)}\n`)
        return (await lines.next()).value
      })
      const answer = JSON.parse(line ?? '{"error": "the client has ended"}')
      return answer.error === undefined ? answer.value : yield* new ClientError({ message: answer.error })
    })
  return {
    open: (session, url) => ask({ what: "open", session, url }),
    count: (session, rows) => ask({ what: "count", session, rows }),
    close: (session) => ask({ what: "close", session }),
  }
})

/** A port of this machine that leads to a port of a Service, until the scope ends. */
export const forward = Effect.fnUntraced(function* (
  { namespace }: Pick<World, "namespace">,
  service: string,
  port = 15002,
) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn("kubectl", ["port-forward", "-n", namespace, `service/${service}`, `:${port}`], {
        stdio: ["ignore", "pipe", "inherit"],
      }),
    ),
    (it) => Effect.sync(() => it.kill()),
  )
  const [line] = yield* Effect.promise(() => once(createInterface(child.stdout), "line"))
  return Number(/:(\d+) ->/.exec(String(line))![1])
})
