import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, json, serve } from "../../support/ApiServerStub.ts"

const driver = { namespace: "spark", name: "pi-driver" }

/** Sends these bytes one after the other and ends, stays open, or is cut off. */
const printing =
  (parts: ReadonlyArray<Buffer | string>, then: "end" | "stay" | "reset" = "end"): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "text/plain" })
    response.flushHeaders()
    const next = (index: number): void => {
      const part = parts[index]
      if (part !== undefined) response.write(part, () => setTimeout(next, 5, index + 1))
      else if (then === "end") response.end()
      else if (then === "reset") response.destroy()
    }
    next(0)
  }

describe("the log of a pod", () => {
  it.live("arrives as text, also where a chunk ends within a character", () =>
    Effect.gen(function* () {
      const umlaut = Buffer.from("ü")
      const parts = ["Gr", umlaut.subarray(0, 1), umlaut.subarray(1), "n\n"]
      const { kube, asked, requests } = yield* serve([printing(parts)])
      const options = { follow: true, tailLines: 10, sinceSeconds: undefined }
      const text = yield* Stream.mkString(kube.podLog({ ...driver, container: "main" }, options))
      assert.strictEqual(text, "Grün\n")
      assert.strictEqual(
        asked[0]?.url,
        "/api/v1/namespaces/spark/pods/pi-driver/log?container=main&follow=true&tailLines=10",
      )
      assert.deepStrictEqual(requests, ["log pods 200"])
    }),
  )

  it.live("that is not there fails with the reason of the API server", () =>
    Effect.gen(function* () {
      const message = 'container "main" in pod "pi-driver" is waiting to start: ContainerCreating'
      const { kube } = yield* serve([json(400, { kind: "Status", code: 400, reason: "BadRequest", message })])
      const error = yield* Effect.flip(Stream.runDrain(kube.podLog(driver, { follow: false })))
      assert.deepInclude(error, { reason: "Invalid", status: 400, message, request: "log pods spark/pi-driver" })
    }),
  )

  it.live("that is cut off fails after what had arrived", () =>
    Effect.gen(function* () {
      const { kube } = yield* serve([printing(["one\n"], "reset")])
      const seen: Array<string> = []
      const reading = Stream.runForEach(kube.podLog(driver, { follow: true }), (text) =>
        Effect.sync(() => seen.push(text)),
      )
      assert.strictEqual((yield* Effect.flip(reading)).reason, "Transport")
      assert.deepStrictEqual(seen, ["one\n"])
    }),
  )

  it.effect("may be silent for an hour while it is followed; otherwise silence means a dead socket", () =>
    Effect.gen(function* () {
      const { kube, asked } = yield* serve([printing([], "stay")])
      const reading = (follow: boolean) =>
        Effect.forkChild(Effect.flip(Stream.runDrain(kube.podLog(driver, { follow }))), { startImmediately: true })
      const [followed, whole] = [yield* reading(true), yield* reading(false)]
      yield* TestClock.withLive(Effect.repeat(Effect.sleep("5 millis"), { until: () => asked.length === 2 }))
      yield* TestClock.withLive(Effect.sleep("50 millis"))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* Fiber.join(whole)).reason, "Timeout")
      assert.isUndefined(followed.pollUnsafe())
    }),
  )
})
