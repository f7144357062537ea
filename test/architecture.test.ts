/** The house rules that a machine can check: rooms import only downwards, files stay short, no drawers. */

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = resolve(import.meta.dirname, "..")
const src = join(root, "src")

/** A room may import from itself and from the rooms before it. */
const rooms = ["api", "spark", "lifecycle", "telemetry", "kube", "runtime", "reconcile", "local", "cli"]
const drawers = /^(utils?|common|helpers?|types|index|misc|shared)\.ts$/

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join(src, file))

/** `src/kube/Kube.ts` is in room 4; files directly under `src` stand above all rooms. */
const floor = (file: string) => {
  const room = relative(src, file).split("/")[0]!
  return room.endsWith(".ts") ? rooms.length : rooms.indexOf(room)
}

const imports = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)"/g)].map((match) => resolve(dirname(file), match[1]!))

describe("architecture", () => {
  it("has only the rooms of the design", () => {
    const strangers = files.filter((file) => floor(file) < 0).map((file) => relative(root, file))
    assert.deepStrictEqual(strangers, [])
  })

  it("rooms import only downwards", () => {
    const upward = files.flatMap((file) =>
      imports(file)
        .filter((target) => floor(target) > floor(file))
        .map((target) => `${relative(root, file)} → ${relative(root, target)}`),
    )
    assert.deepStrictEqual(upward, [])
  })

  it("pure rooms know no effects and no Kubernetes client", () => {
    const impure =
      /from "(@kubernetes|@effect|@opentelemetry|node:(?!crypto))|import \{[^}]*\b(Effect|Layer|Stream|Context)\b[^}]*\} from "effect"/
    const offenders = files
      .filter((file) => ["api", "spark", "lifecycle"].includes(rooms[floor(file)]!))
      .filter((file) => impure.test(readFileSync(file, "utf8")))
      .map((file) => relative(root, file))
    assert.deepStrictEqual(offenders, [])
  })

  it("no file is longer than 300 lines, and none is a drawer", () => {
    const long = files.filter((file) => readFileSync(file, "utf8").split("\n").length > 300)
    const drawer = files.filter((file) => drawers.test(file.split("/").at(-1)!))
    assert.deepStrictEqual(
      [...long, ...drawer].map((file) => relative(root, file)),
      [],
    )
  })
})
