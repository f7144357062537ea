/** The pods of the installed operator, and their end without warning. */

import { exec } from "node:child_process"
import { Effect } from "effect"
import { operatorLabels, operatorNamespace } from "./Environment.ts"
import { kubectl } from "./Kubectl.ts"

const listed = ["get", "pods", "-n", operatorNamespace, "-l", operatorLabels]

/** A field of all pods of the operator, as a JSONPath below `.items[*]`; separated by spaces. */
export const ofOperatorPods = (path: string) =>
  Effect.map(kubectl([...listed, "-o", `jsonpath={.items[*]${path}}`]), (text) => text.trim())

/** A command of the run with these words after it. */
export const command = (line: string, ...words: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.callback((resume) => {
    exec([line, ...words].join(" "), (error) => resume(error === null ? Effect.void : Effect.die(error)))
  })

const killer = process.env["FIRESTEEL_KILL_POD"]

/** SIGKILL for the operator in this pod, where the run knows how to send it; else the shortest time to stop that a kubelet gives, 2 s. */
export const killOperator = (pod: string): Effect.Effect<void> =>
  killer === undefined
    ? Effect.asVoid(
        Effect.orDie(kubectl(["delete", "pod", pod, "-n", operatorNamespace, "--grace-period=0", "--force"])),
      )
    : command(killer, pod)
