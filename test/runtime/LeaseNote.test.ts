/** What a leader leaves in the Lease for the next one. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { leases } from "../../src/kube/Resource.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import * as LeaseHold from "../../src/runtime/LeaseHold.ts"
import { candidacy } from "../support/ElectionBench.ts"

const key = "example.com/note"
const now = () => ({ monotonic: 100, wall: 100_000 })

/** A replica with a note, and what it recalled. */
const replica = (kube: Parameters<typeof LeaseHold.make>[0], identity: string) => {
  const it = { note: "" as string | undefined, recalled: [] as Array<string | undefined> }
  const hold = LeaseHold.make(kube, candidacy(identity), now, {
    key,
    current: () => it.note,
    recall: (value) => void it.recalled.push(value),
  })
  return Object.assign(it, { take: hold.hold(() => true), giveBack: hold.giveBack })
}

describe("the note in the Lease", () => {
  it.effect("is written with a renewal when it changed, and recalled once by the next leader", () =>
    Effect.gen(function* () {
      const kube = EmbeddedKube.make(yield* Cluster.make({ seed: 1 }))
      const read = Effect.map(kube.get(leases, "default", "firesteel"), ({ metadata }) => metadata?.annotations)
      const first = replica(kube, "first")
      first.note = "a"
      yield* first.take
      assert.deepStrictEqual(first.recalled, [undefined])
      assert.deepStrictEqual(yield* read, { [key]: "a" })
      yield* kube.patch(leases, "default", "firesteel", {
        type: "merge",
        body: { metadata: { annotations: { other: "stays" } } },
      })
      first.note = "b"
      yield* first.take
      first.note = undefined
      yield* first.take
      yield* first.giveBack
      assert.deepStrictEqual(yield* read, { other: "stays", [key]: "b" })

      const second = replica(kube, "second")
      second.note = "c"
      yield* second.take
      yield* second.take
      assert.deepStrictEqual(second.recalled, ["b"])
      assert.deepStrictEqual(yield* read, { other: "stays", [key]: "c" })
    }),
  )
})
