/** `kubectl` on the cluster of the run, for what it does better than an API client: apply, exec, logs. */

import { execFile } from "node:child_process"
import { Effect, Schema } from "effect"

export class KubectlError extends Schema.TaggedError<KubectlError>()("KubectlError", { message: Schema.String }) {}

/** Its standard output; fails with its standard error. */
export const kubectl = (args: ReadonlyArray<string>, input?: string): Effect.Effect<string, KubectlError> =>
  Effect.callback((resume) => {
    const child = execFile("kubectl", [...args], { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      resume(
        error === null
          ? Effect.succeed(stdout)
          : Effect.fail(new KubectlError({ message: `kubectl ${args.join(" ")}: ${stderr || error.message}` })),
      ),
    )
    child.stdin?.end(input ?? "")
    return Effect.sync(() => child.kill())
  })

export const apply = (objects: ReadonlyArray<object>) =>
  kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }))
