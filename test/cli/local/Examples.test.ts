import { join, resolve } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Result } from "effect"
import { parseManifests, readExamples } from "../../../src/cli/local/Examples.ts"
import { scriptOf } from "../../../src/local/node/KubeletScript.ts"

const folder = resolve(import.meta.dirname, "../../../examples")

const message = (text: string) => {
  const parsed = parseManifests("app.yaml", text)
  return Result.isFailure(parsed) ? parsed.failure.message : "no error"
}

const application = (annotation: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    ${annotation}\n`

describe("Examples", () => {
  it.layer(NodeServices.layer)((it) => {
    it.effect("every example can be read, says what it shows, and its applications declare how they end", () =>
      Effect.gen(function* () {
        const fileSystem = yield* FileSystem.FileSystem
        const examples = yield* readExamples(folder)
        const applications = examples.filter(({ object }) => object.kind === "SparkApplication")
        assert.isAtLeast(applications.length, 9)
        for (const { file, expectation } of applications) {
          assert.isDefined(expectation.state, file)
          assert.match(yield* fileSystem.readFileString(file), /^# \S/, file)
        }
        const names = applications.map(({ object }) => object.metadata.name)
        assert.strictEqual(new Set(names).size, names.length)
      }),
    )

    it.effect("the scripts in the examples are right", () =>
      Effect.gen(function* () {
        for (const { file, object } of yield* readExamples(folder)) {
          if (object.kind !== "SparkApplication") continue
          const { spec } = object as unknown as { spec: { driver: { annotations?: Record<string, string> } } }
          const script = scriptOf({ metadata: { annotations: spec.driver.annotations ?? {} } })
          assert.isTrue(Result.isSuccess(script), `${file}: ${Result.isFailure(script) ? script.failure : ""}`)
        }
      }),
    )

    it.effect("only manifests are read, by file name, and a wrong field is named with its file", () =>
      Effect.gen(function* () {
        const fileSystem = yield* FileSystem.FileSystem
        const directory = yield* fileSystem.makeTempDirectoryScoped()
        yield* fileSystem.writeFileString(join(directory, "b.yml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: b}")
        yield* fileSystem.writeFileString(
          join(directory, "a.json"),
          '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}',
        )
        yield* fileSystem.writeFileString(join(directory, "notes.txt"), "not: [yaml")
        const examples = yield* readExamples(directory)
        assert.deepStrictEqual(
          examples.map(({ object }) => object.metadata),
          [
            { name: "a", namespace: "default" },
            { name: "b", namespace: "default" },
          ],
        )
        yield* fileSystem.writeFileString(join(directory, "c.yaml"), "apiVersion: v1\nkind: Pod")
        const error = yield* Effect.flip(readExamples(directory))
        assert.strictEqual(error.file, join(directory, "c.yaml"))
        assert.strictEqual(error.field, "metadata")
      }),
    )

    it.effect("a single manifest can be read as well", () =>
      Effect.map(readExamples(join(folder, "spark-pi.yaml")), (examples) =>
        assert.deepStrictEqual(
          examples.map(({ object }) => object.metadata.name),
          ["spark-pi"],
        ),
      ),
    )

    it.effect("a folder that does not exist is an error that names it", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(readExamples("/no/such/folder"))
        assert.strictEqual(error.file, "/no/such/folder")
      }),
    )
  })

  it("empty documents are left out, and the others keep their number", () => {
    const parsed = parseManifests("a.yaml", "---\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n")
    assert.deepStrictEqual(
      Result.getOrThrow(parsed).map(({ document }) => document),
      [2],
    )
  })

  it("expectations are decoded; a bad one is named with what would be right", () => {
    const parsed = parseManifests("a.yaml", application("local.firesteel.dev/resume-after: 3s"))
    assert.deepStrictEqual(Result.getOrThrow(parsed)[0]?.expectation, { resumeAfterSeconds: 3 })
    assert.strictEqual(
      message(application("local.firesteel.dev/expect: DONE")),
      'metadata.annotations["local.firesteel.dev/expect"] is "DONE"; write a state such as COMPLETED, FAILED or RUNNING',
    )
    const schedule = application("local.firesteel.dev/expect: RUNNING").replace("Pod", "ScheduledSparkApplication")
    assert.include(message(schedule), "write Scheduled, FailedValidation, COMPLETED or FAILED")
    assert.include(message(application('local.firesteel.dev/expect-attempts: "0"')), 'write a number such as "3"')
    assert.include(message(application("local.firesteel.dev/expect-attempts: 3")), "put numbers in quotes")
    assert.include(message(application("local.firesteel.dev/resume-after: later")), "write seconds such as 3s")
  })

  it("a syntax error says its line", () => {
    assert.match(message("apiVersion: v1\nkind: [Pod\nmetadata: {}\n"), /^line \d+: /)
  })

  it("a document that is no object says what is missing", () => {
    assert.include(message("just text"), "write a mapping")
    assert.include(message("kind: Pod"), "apiVersion is missing")
  })
})
