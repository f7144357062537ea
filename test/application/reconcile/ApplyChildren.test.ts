import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { createRequired, requiredChildren } from "../../../src/application/reconcile/ApplyChildren.ts"
import { Kube, type KubeApi } from "../../../src/kube/Kube.ts"
import { errorOf } from "../../../src/kube/KubeAnswer.ts"
import { scheduled } from "../../spark/scheduler/Scheduling.ts"
import { options, submission } from "../../support/SparkFixture.ts"

const request = "create podgroups default/spark-spark-pi-pg"

/** What the API server says of a kind whose definition is missing: of an unknown group in plain text, of an unknown kind in a `Status`. */
const answers: ReadonlyArray<readonly [what: string, body: unknown]> = [
  ["in plain text", "404 page not found\n"],
  [
    "in a Status",
    { kind: "Status", reason: "NotFound", message: "the server could not find the requested resource", code: 404 },
  ],
]

describe("a PodGroup whose definition is missing", () => {
  it.effect.each(answers)("is refused with one question whether it is installed: %s", ([, body]) =>
    Effect.gen(function* () {
      const valid = scheduled({ batchScheduler: "volcano" })
      const kube = { create: () => Effect.fail(errorOf(request, 404, body)) } as unknown as KubeApi
      const created = createRequired(
        requiredChildren(valid, submission, options),
        valid.workload as unknown as SparkApplication,
        submission.submissionId,
      )
      const { message } = yield* Effect.flip(Effect.provideService(created, Kube, kube))
      assert.match(message, /^PodGroup spark-spark-pi-pg: /)
      assert.lengthOf(message.match(/installed\?/g) ?? [], 1)
    }),
  )
})
