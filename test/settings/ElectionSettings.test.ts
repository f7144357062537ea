import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { problemLines } from "../../src/settings/Flag.ts"
import { decodeSettings } from "../../src/settings/Settings.ts"

const candidacy = (args: ReadonlyArray<string>, environment: Record<string, string> = {}) =>
  Result.map(decodeSettings(args, environment), ({ election }) => election)

const inPod = { KUBERNETES_SERVICE_HOST: "10.0.0.1", POD_NAMESPACE: "spark", POD_NAME: "firesteel-x", POD_UID: "u-1" }

describe("ElectionSettings", () => {
  it("an operator in a pod takes part in the election with client-go's times, under the name of its pod", () => {
    assert.deepStrictEqual(Result.getOrThrow(candidacy([], inPod)), {
      namespace: "spark",
      name: "firesteel",
      identity: "firesteel-x_u-1",
      durationSeconds: 15,
      renewDeadlineSeconds: 10,
      retrySeconds: 2,
    })
  })

  it("an operator with a kubeconfig runs without election unless it is enabled", () => {
    assert.isUndefined(Result.getOrThrow(candidacy([])))
    assert.isUndefined(Result.getOrThrow(candidacy(["--kubeconfig=/k"], inPod)))
    assert.isUndefined(Result.getOrThrow(candidacy(["--leader-elect=false"], inPod)))
    const asked = ["--leader-elect", "--leader-elect-resource-namespace=ops", "--leader-elect-resource-name=mine"]
    assert.deepInclude(Result.getOrThrow(candidacy(asked)), { namespace: "ops", name: "mine" })
  })

  it("two processes without a pod's uid are different candidates", () => {
    const identity = () =>
      Result.getOrThrow(candidacy(["--leader-elect", "--leader-elect-resource-namespace=ops"]))?.identity
    assert.notStrictEqual(identity(), identity())
  })

  it("reports what is missing and which times contradict each other", () => {
    const wrong = candidacy(["--leader-elect", "--leader-elect-renew-deadline=20s", "--leader-elect-retry-period=15s"])
    assert.isTrue(Result.isFailure(wrong))
    if (!Result.isFailure(wrong)) return
    assert.deepStrictEqual(problemLines(wrong.failure).split("\n"), [
      "--leader-elect-resource-namespace: is required where POD_NAMESPACE is not set; or use --leader-elect=false for a single replica",
      "--leader-elect-renew-deadline: must be shorter than --leader-elect-lease-duration",
      "--leader-elect-retry-period: must be less than half of --leader-elect-renew-deadline",
    ])
  })

  it("does not compare with a time that is not valid itself", () => {
    const wrong = candidacy(["--leader-elect", "--leader-elect-renew-deadline=soon"], inPod)
    assert.strictEqual(Result.isFailure(wrong) ? wrong.failure.length : 0, 1)
  })
})
