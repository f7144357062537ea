import { assert, describe, it } from "@effect/vitest"
import type { ChildStatus } from "../../../src/api/application/SparkApplicationStatus.ts"
import { decide } from "../../../src/application/lifecycle/Decide.ts"
import type { ChildResult } from "../../../src/application/lifecycle/Observed.ts"
import { ago, begunIn, driver, intentIn, situation, statusIn, terminated } from "../../support/Situations.ts"

const ui: ChildStatus = { apiVersion: "v1", kind: "Service", resource: "services", name: "pi-ui-svc", state: "Pending" }
const group: ChildStatus = {
  apiVersion: "scheduling.volcano.sh/v1beta1",
  kind: "PodGroup",
  resource: "podgroups",
  name: "pi-pg",
  state: "Pending",
  required: true,
}
const claim: ChildStatus = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  resource: "persistentvolumeclaims",
  name: "pi-claim",
  state: "Created",
}
const failure = { state: "Failed", reason: "Forbidden", message: "not allowed" } as const
const result = (outcome: ChildResult["outcome"], done: "ensured" | "deleted" = "ensured") => ({
  done: outcome._tag === "Gone" ? ("deleted" as const) : done,
  results: [{ child: ui, outcome }],
  info: {},
})
const tags = (actions: ReadonlyArray<{ readonly _tag: string }>) => actions.map(({ _tag }) => _tag)
const running = (child: ChildStatus, children?: ReturnType<typeof result>) =>
  decide(
    situation("RUNNING", {
      status: statusIn("RUNNING", { children: [child] }),
      observed: { driver: driver(), children },
    }),
  )
const route: ChildStatus = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  resource: "httproutes",
  name: "pi-ui-route",
  state: "Created",
}
const looking = (child: ChildStatus, seconds: number | undefined) =>
  decide(
    situation("RUNNING", {
      status: statusIn("RUNNING", { children: [child] }),
      observed: { driver: driver(), routesDue: seconds === undefined ? [] : [{ name: child.name, seconds }] },
    }),
  )
const ready = (status: ReturnType<typeof running>["status"]) =>
  status.conditions?.find(({ type }) => type === "ChildrenReady")

describe("a route that was created", () => {
  it("is ensured again when it is to be looked at, and that writes nothing", () => {
    const { actions, status } = looking(route, 0)
    assert.deepStrictEqual(tags(actions), ["EnsureChildren"])
    assert.deepStrictEqual(status.children, [route])
    const later = looking(route, 4)
    assert.deepStrictEqual(tags(later.actions), [])
    assert.deepStrictEqual(later.next, { _tag: "After", seconds: 4 })
    assert.deepStrictEqual(tags(looking(route, undefined).actions), [])
    assert.deepStrictEqual(tags(looking({ ...ui, state: "Created" }, 0).actions), [])
  })
})

describe("companion objects of a driver", () => {
  it("are recorded with the attempt; those that the driver needs exist then", () => {
    const submission = { _tag: "Accepted" as const, driver: driver() }
    const observed = { begun: begunIn(""), submission }
    const { status } = decide(situation("", { childrenOf: () => [group, ui], observed }))
    assert.deepStrictEqual(status.children, [{ ...group, state: "Created" }, ui])
  })

  it("of a submission from a spec that has changed since are those that it has made", () => {
    const observed = { begun: begunIn("", { runSpecHash: "spec-0", required: [group] }) }
    const { status } = decide(situation("", { childrenOf: () => [ui], observed }))
    assert.deepStrictEqual(status.children, [group])
  })

  it("exist with the driver if it needs them; the others are created next", () => {
    const status = { ...intentIn(""), children: [group, ui] }
    const accepted = decide(situation("", { status, observed: { driver: driver() } }))
    assert.deepStrictEqual(
      accepted.status.children?.map(({ state }) => state),
      ["Created", "Pending"],
    )
    const next = decide(situation("SUBMITTED", { status: accepted.status, observed: { driver: driver() } }))
    const ensure = next.actions.find((action) => action._tag === "EnsureChildren")
    assert.deepStrictEqual(ensure?._tag === "EnsureChildren" ? ensure.children : [], [ui])
    assert.deepStrictEqual(next.next, { _tag: "After", seconds: 0 })
  })

  it("that exist are reported with their identity, without a further action", () => {
    const { status, actions, next } = running(ui, result({ _tag: "Created", uid: "u-1" }))
    assert.deepStrictEqual(status.children, [{ ...ui, state: "Created", uid: "u-1" }])
    assert.strictEqual(ready(status)?.status, "True")
    assert.deepStrictEqual(actions, [])
    assert.deepStrictEqual(next, { _tag: "After", seconds: 600 })
  })

  it("that fail are reported once and retried after 30 s", () => {
    const outcome = result({ _tag: "Failed", reason: "Forbidden", message: "not allowed" })
    const first = running(ui, outcome)
    assert.strictEqual(first.status.applicationState.state, "RUNNING")
    assert.deepStrictEqual(
      [ready(first.status)?.status, ready(first.status)?.reason, ready(first.status)?.message],
      ["False", "Forbidden", "Service pi-ui-svc: not allowed"],
    )
    assert.deepStrictEqual(
      first.events.map(({ reason }) => reason),
      ["SparkChildFailed"],
    )
    assert.deepStrictEqual(first.next, { _tag: "After", seconds: 30 })
    assert.isEmpty(running({ ...ui, ...failure, time: ago(30) }, outcome).events)
    assert.deepStrictEqual(tags(running({ ...ui, ...failure, time: ago(10) }).actions), [])
    assert.deepStrictEqual(tags(running({ ...ui, ...failure, time: ago(30) }).actions), ["EnsureChildren"])
  })

  it("do not matter to a driver that has ended", () => {
    const status = statusIn("RUNNING", { children: [ui] })
    const first = decide(situation("RUNNING", { status, observed: { driver: terminated(0) } }))
    assert.deepStrictEqual(first.actions, [{ _tag: "DeleteChildren", children: [ui] }])
    for (const outcome of [{ _tag: "Gone" }, { _tag: "Failed", reason: "Timeout", message: "no answer" }] as const) {
      const observed = { driver: terminated(0), children: result(outcome, "deleted") }
      const decision = decide(situation("RUNNING", { status, observed }))
      assert.strictEqual(decision.status.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(decision.actions, [])
    }
  })

  it("are deleted after the end, with the status of the UI; claims keep their data", () => {
    const status = statusIn("COMPLETED", {
      children: [{ ...ui, state: "Created" }, claim],
      driverInfo: { podName: "pi-driver", webUIServiceName: "pi-ui-svc", webUIPort: 4040 },
    })
    const { actions } = decide(situation("COMPLETED", { status }))
    assert.deepStrictEqual(actions, [{ _tag: "DeleteChildren", children: [{ ...ui, state: "Created" }] }])
    const after = decide(
      situation("COMPLETED", { status, observed: { children: result({ _tag: "Gone" }), changesSince: 0 } }),
    )
    assert.deepStrictEqual(after.status.children, [claim])
    assert.deepStrictEqual(after.status.driverInfo, { podName: "pi-driver" })
    assert.deepStrictEqual(after.actions, [])
  })

  it("that cannot be deleted are retried, but delay neither the time to live nor another run", () => {
    const children = [{ ...ui, ...failure, time: ago(10) }]
    const kept = decide(situation("COMPLETED", { status: statusIn("COMPLETED", { children }) }))
    assert.deepStrictEqual([kept.actions, kept.next], [[], { _tag: "After", seconds: 20 }])
    const status = statusIn("COMPLETED", { children: [ui] })
    const over = decide(situation("COMPLETED", { status, desired: { timeToLiveSeconds: 1 } }))
    assert.deepStrictEqual(tags(over.actions), ["DeleteApplication"])

    const rerun = statusIn("PENDING_RERUN", { children: [ui] })
    assert.deepStrictEqual(tags(decide(situation("PENDING_RERUN", { status: rerun })).actions), ["DeleteChildren"])
    const failed = result({ _tag: "Failed", reason: "Unavailable", message: "later" }, "deleted")
    const again = decide(situation("PENDING_RERUN", { status: rerun, observed: { children: failed } }))
    assert.deepStrictEqual(tags(again.actions), ["DeleteRun", "Submit"])
    assert.isFalse(again.deferred)
    assert.isUndefined(again.status.children, "before the next run makes objects of these names")
  })

  it("are gone, claims too, before the state says SUSPENDED", () => {
    const status = statusIn("SUSPENDING", { children: [claim, ui] })
    const desired = { suspend: true }
    const leaving = decide(situation("SUSPENDING", { status, desired }))
    assert.strictEqual(leaving.status.applicationState.state, "SUSPENDING")
    assert.deepStrictEqual(leaving.actions, [{ _tag: "DeleteChildren", children: [claim, ui] }])

    const results = [claim, ui].map((child): ChildResult => ({ child, outcome: { _tag: "Gone" } }))
    const left = decide(
      situation("SUSPENDING", { status, desired, observed: { children: { done: "deleted", results, info: {} } } }),
    )
    assert.strictEqual(left.status.applicationState.state, "SUSPENDED")
    assert.isUndefined(left.status.children)
  })

  it("that take long delay neither the start nor the end of a run in the status, only another run and a suspension", () => {
    const children = "InProgress" as const
    const status = statusIn("SUBMITTED", { children: [ui] })
    const started = decide(situation("SUBMITTED", { status, observed: { driver: driver(), children } }))
    assert.deepStrictEqual([started.status.applicationState.state, started.actions], ["RUNNING", []])
    const over = { status: statusIn("RUNNING", { children: [ui] }), observed: { driver: terminated(0), children } }
    const ended = decide(situation("RUNNING", over))
    assert.deepStrictEqual([ended.status.applicationState.state, ended.actions], ["COMPLETED", []])
    assert.deepStrictEqual(ended.status.children, [ui], "until it is known that they are gone")
    for (const state of ["PENDING_RERUN", "SUSPENDING"] as const) {
      const desired = { suspend: state === "SUSPENDING" }
      const next = decide(
        situation(state, { status: statusIn(state, { children: [ui] }), desired, observed: { children } }),
      )
      assert.deepStrictEqual([next.status.applicationState.state, next.actions], [state, []])
    }
  })

  it("that cannot be deleted do not delay a suspension, and are retried after it", () => {
    const status = statusIn("SUSPENDING", { children: [ui] })
    const desired = { suspend: true }
    const failed = result({ _tag: "Failed", reason: "Forbidden", message: "not allowed" }, "deleted")
    const suspended = decide(situation("SUSPENDING", { status, desired, observed: { children: failed } }))
    assert.strictEqual(suspended.status.applicationState.state, "SUSPENDED")

    const children = [{ ...ui, ...failure, time: ago(30) }]
    const later = decide(situation("SUSPENDED", { status: statusIn("SUSPENDED", { children }), desired }))
    assert.deepStrictEqual(later.actions, [{ _tag: "DeleteChildren", children }])
  })
})
