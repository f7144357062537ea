/** `suspend` and `resume`: `spec.suspend` of applications, schedules and Connect servers. */

import { Effect } from "effect"
import { Kube } from "../../../kube/Kube.ts"
import type { KubeObject, Resource } from "../../../kube/Resource.ts"
import { named } from "../Named.ts"
import { applicationType, connectType, fullName, parseObjectName, scheduleType } from "../ObjectName.ts"
import { printLines } from "../Output.ts"
import { orOperandError, verb } from "../Verb.ts"

interface Suspendable extends KubeObject {
  readonly spec?: { readonly suspend?: boolean | undefined }
}

interface Wording {
  readonly name: "suspend" | "resume"
  readonly done: string
  readonly summary: string
  readonly about: string
}

/** `suspend` writes true, `resume` false, unless that is the value already. */
const verbOf = (suspend: boolean, { name, done, summary, about }: Wording) =>
  verb({
    name,
    summary,
    group: "cluster",
    usage: "NAME…",
    about,
    examples: [
      ["An application", `${name} spark-pi`],
      ["A schedule and a Connect server", `${name} schedule/nightly connect/notebooks`],
    ],
    flags: {},
    names: ["application", "schedule", "connect"],
    operands: { least: 1, most: 1000, what: "NAME" },
    run: Effect.fnUntraced(function* ({ operands, namespace, host }) {
      const kube = yield* Kube
      const targets = yield* Effect.forEach(operands, (operand) =>
        orOperandError(operand, parseObjectName(operand, [applicationType, scheduleType, connectType])),
      )
      for (const { type, name } of targets) {
        const resource: Resource<Suspendable> = type.resource
        const { spec } = yield* named(resource, namespace, name, host.program)
        const isSo = (spec?.suspend ?? false) === suspend
        if (!isSo) yield* kube.patch(resource, namespace, name, { type: "merge", body: { spec: { suspend } } })
        yield* printLines([`${fullName(resource, name)} ${isSo ? `is ${done} already` : done}`])
      }
    }),
  })

export const suspend = verbOf(true, {
  name: "suspend",
  done: "suspended",
  summary: "Stop applications, schedules or Connect servers until they are resumed",
  about: `Sets spec.suspend to true. The run of an application is deleted, and starts from scratch when it is resumed; a schedule starts no runs, and
does not make up for them; a Connect server is stopped, its Service stays.`,
})

export const resume = verbOf(false, {
  name: "resume",
  done: "resumed",
  summary: "Start what was suspended",
  about: "Sets spec.suspend to false.",
})
