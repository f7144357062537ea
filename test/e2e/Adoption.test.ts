/** Applications as kubeflow's operator leaves them, in every state it writes, brought to their end without a driver too many. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import type { ApplicationStateType } from "../../src/api/application/SparkApplicationStatus.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { pods } from "../../src/kube/Resource.ts"
import { kubeflowDriver } from "../support/KubeflowDriver.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const earlier = "2b6f0cc9-04a7-4a1b-8a0f-4e0e5c1f7a11"
const current = "9c0d3b4e-58f1-4d0c-9b0b-0d4b3f1c2a22"
/** The clock of the tests starts at the epoch. */
const began = "1970-01-01T00:00:00Z"

interface Left {
  readonly spec?: Partial<SparkApplicationSpec>
  readonly status?: {
    readonly state: ApplicationStateType
    readonly errorMessage?: string
    readonly executionAttempts?: number
    readonly submissionAttempts?: number
    readonly ended?: boolean
  }
  /** Submission of the driver pod that exists. */
  readonly driver?: string
}

/** An application as the other operator has left it, which is stopped now. */
const left = Effect.fnUntraced(function* (world: World, name: string, { spec, status, driver }: Left) {
  const application = yield* world.apply(sparkPi(name, { "run-seconds": "10" }, spec))
  if (status) {
    const { state, errorMessage, ended, executionAttempts = 1, submissionAttempts = executionAttempts } = status
    yield* Effect.orDie(
      world.kube.patch(sparkApplications, "default", name, {
        type: "merge",
        subresource: "status",
        body: {
          status: {
            applicationState: { state, ...(errorMessage ? { errorMessage } : {}) },
            driverInfo: driver === undefined ? {} : { podName: `${name}-driver`, webUIServiceName: `${name}-ui-svc` },
            submissionID: current,
            lastSubmissionAttemptTime: began,
            terminationTime: ended ? began : null,
            executionAttempts,
            submissionAttempts,
            executorState: {},
          },
        },
      }),
    )
  }
  if (driver) yield* Effect.orDie(world.kube.create(pods, "default", kubeflowDriver(application, driver)))
})

interface Case extends Left {
  readonly title: string
  /** What it comes to, and how many driver pods of Firesteel's own that takes. */
  readonly end: ApplicationStateType
  readonly ownDrivers: number
}

const onFailure = { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } } as const
const retried = {
  restartPolicy: { type: "OnFailure", onSubmissionFailureRetries: 2, onSubmissionFailureRetryInterval: 1 },
} as const
const failed = "driver container failed with ExitCode: 1, Reason: Error"

const cases: ReadonlyArray<Case> = [
  {
    title: "SUBMITTED, with its driver",
    status: { state: "SUBMITTED" },
    driver: current,
    end: "COMPLETED",
    ownDrivers: 0,
  },
  { title: "RUNNING, with its driver", status: { state: "RUNNING" }, driver: current, end: "COMPLETED", ownDrivers: 0 },
  { title: "UNKNOWN, with its driver", status: { state: "UNKNOWN" }, driver: current, end: "COMPLETED", ownDrivers: 0 },
  { title: "New, with a driver that was never reported", driver: current, end: "COMPLETED", ownDrivers: 0 },
  {
    title: "PENDING_RERUN, with a new driver that was never reported",
    status: { state: "PENDING_RERUN" },
    driver: earlier,
    end: "COMPLETED",
    ownDrivers: 0,
  },
  {
    title: "SUBMISSION_FAILED, although its driver exists",
    spec: retried,
    status: { state: "SUBMISSION_FAILED", executionAttempts: 0, submissionAttempts: 1 },
    driver: current,
    end: "COMPLETED",
    ownDrivers: 0,
  },
  { title: "New", end: "COMPLETED", ownDrivers: 1 },
  { title: "SUCCEEDING", status: { state: "SUCCEEDING", ended: true }, end: "COMPLETED", ownDrivers: 0 },
  {
    title: "FAILING, never to be run again",
    status: { state: "FAILING", errorMessage: failed, ended: true },
    end: "FAILED",
    ownDrivers: 0,
  },
  {
    title: "FAILING, with a retry left",
    spec: onFailure,
    status: { state: "FAILING", errorMessage: failed, ended: true },
    end: "COMPLETED",
    ownDrivers: 1,
  },
  {
    title: "FAILING, with no retry left",
    spec: onFailure,
    status: { state: "FAILING", errorMessage: failed, ended: true, executionAttempts: 2 },
    end: "FAILED",
    ownDrivers: 0,
  },
  {
    title: "SUBMISSION_FAILED, with a retry left",
    spec: retried,
    status: { state: "SUBMISSION_FAILED", errorMessage: "exit status 1", executionAttempts: 0, submissionAttempts: 2 },
    end: "COMPLETED",
    ownDrivers: 1,
  },
  {
    title: "SUBMISSION_FAILED, with no retry left",
    spec: retried,
    status: { state: "SUBMISSION_FAILED", errorMessage: "exit status 1", executionAttempts: 0, submissionAttempts: 3 },
    end: "FAILED",
    ownDrivers: 0,
  },
  { title: "PENDING_RERUN", status: { state: "PENDING_RERUN" }, end: "COMPLETED", ownDrivers: 1 },
  {
    title: "INVALIDATING, with the driver of the old spec",
    status: { state: "INVALIDATING" },
    driver: current,
    end: "COMPLETED",
    ownDrivers: 1,
  },
  {
    title: "SUSPENDING, with its driver",
    spec: { suspend: true },
    status: { state: "SUSPENDING" },
    driver: current,
    end: "SUSPENDED",
    ownDrivers: 0,
  },
  {
    title: "SUSPENDED",
    spec: { suspend: true },
    status: { state: "SUSPENDED" },
    end: "SUSPENDED",
    ownDrivers: 0,
  },
  { title: "SUSPENDED, and to be resumed", status: { state: "SUSPENDED" }, end: "COMPLETED", ownDrivers: 1 },
  { title: "RESUMING", status: { state: "RESUMING" }, end: "COMPLETED", ownDrivers: 1 },
  { title: "COMPLETED", status: { state: "COMPLETED", ended: true }, end: "COMPLETED", ownDrivers: 0 },
  {
    title: "FAILED",
    status: { state: "FAILED", errorMessage: failed, ended: true },
    end: "FAILED",
    ownDrivers: 0,
  },
  {
    title: "FAILED, without ever having been submitted",
    status: {
      state: "FAILED",
      errorMessage: "exit status 1",
      ended: true,
      executionAttempts: 0,
      submissionAttempts: 1,
    },
    end: "FAILED",
    ownDrivers: 0,
  },
]

describe("an application that kubeflow's operator left", () => {
  it.effect.each(cases)(
    "$title: ends as $end with $ownDrivers drivers of Firesteel",
    ({ end, ownDrivers, ...before }) =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* left(world, "pi", before)
        yield* pass(1)
        yield* world.startOperator()
        yield* pass(30)
        const { status } = yield* world.reported("pi")
        assert.strictEqual(status.applicationState.state, end)
        const own = world
          .driversEver()
          .filter(
            ({ metadata }) =>
              ![earlier, current].includes(metadata?.labels?.["sparkoperator.k8s.io/submission-id"] ?? ""),
          )
        assert.strictEqual(own.length, ownDrivers)
        assert.isTrue(
          (status.attempts ?? []).every(({ result }) => result !== undefined),
          "no attempt is left open",
        )
        const results = { COMPLETED: "Succeeded", SUSPENDED: "Stopped" } as Record<string, string>
        const lastResult = status.attempts?.at(-1)?.result
        if (lastResult) assert.include([results[end], "Failed", "SubmissionFailed"], lastResult)
      }),
  )

  it.effect("keeps its driver while it runs, and nothing is deleted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* left(world, "pi", { status: { state: "RUNNING" }, driver: current })
      yield* pass(2)
      const operator = yield* world.startOperator()
      yield* pass(2)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      assert.strictEqual(status.submissionID, current)
      assert.strictEqual(status.driverInfo.webUIServiceName, "pi-ui-svc", "the Service of kubeflow's operator stays")
      assert.deepStrictEqual(yield* world.objectsOf("pi"), ["pi-driver"])
      yield* operator.kill
      yield* world.startOperator()
      yield* pass(15)
      assert.strictEqual(world.driversEver().length, 1)
      const [attempt] = (yield* world.reported("pi")).status.attempts ?? []
      assert.deepStrictEqual([attempt?.number, attempt?.submissionID, attempt?.result], [1, current, "Succeeded"])
    }),
  )

  it.effect("runs again after it was suspended there and is resumed here", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* left(world, "pi", { spec: { suspend: true }, status: { state: "SUSPENDING" }, driver: current })
      yield* world.startOperator()
      yield* pass(5)
      assert.strictEqual(yield* world.stateOf("pi"), "SUSPENDED")
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [])
      yield* Effect.orDie(
        world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec: { suspend: false } } }),
      )
      yield* pass(20)
      const { status } = yield* world.reported("pi")
      assert.deepStrictEqual(
        status.attempts?.map(({ number, result }) => [number, result]),
        [
          [1, "Stopped"],
          [2, "Succeeded"],
        ],
      )
    }),
  )
})
