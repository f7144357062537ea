/** The event log of drivers that do not configure one, and the address of their history. */

import { assert, describe, it } from "@effect/vitest"
import { historyUrlOf } from "../../../src/spark/history/EventLog.ts"
import { type EventLogTarget, noTarget } from "../../../src/spark/history/EventLogTarget.ts"
import { submitJob } from "../../../src/spark/submit/SubmitJob.ts"
import { application, mounts, options, submission, submit, valid } from "../../support/SparkFixture.ts"

const target: EventLogTarget = {
  source: "--event-log-dir",
  directory: "file:///spark-events",
  conf: { "spark.eventLog.compress": "true" },
  claim: { claimName: "event-logs", mountPath: "/spark-events", subPath: undefined },
  envFrom: ["event-log-credentials"],
  inject: true,
  urlFormat: "https://history.example.com/{{appNamespace}}/{{appName}}/{{appId}}/",
}

const under = (changes: Partial<EventLogTarget> = {}) => ({
  eventLog: { target: { ...target, ...changes }, conflict: undefined },
})

const built = (resource: unknown, changes?: Partial<EventLogTarget>) =>
  submit(resource, submission, options, under(changes))

const eventLogOf = ({ properties }: ReturnType<typeof submit>) =>
  [...properties].filter(([key]) => key.startsWith("spark.eventLog.")).map((entry) => entry.join("="))

const link = (sparkConf: object, changes?: Partial<EventLogTarget>) =>
  historyUrlOf(valid(application({ sparkConf }), under(changes)), "spark-123")

const warningsOf = (sparkConf: object, changes?: Partial<EventLogTarget>) =>
  valid(application({ sparkConf }), under(changes)).warnings.map(({ field, message }) => `${field}: ${message}`)

const own = { "spark.eventLog.enabled": "true", "spark.eventLog.dir": "s3a://team/logs/" }

describe("the event log of an application that does not configure one", () => {
  it("goes to the directory of the operator, on its claim and with its credentials", () => {
    const objects = built(application({}))
    assert.sameMembers(eventLogOf(objects), [
      "spark.eventLog.compress=true",
      "spark.eventLog.enabled=true",
      "spark.eventLog.dir=file:///spark-events",
    ])
    assert.include(mounts(objects.container), "spark-event-log /spark-events")
    assert.deepInclude(objects.pod.spec?.volumes ?? [], {
      name: "spark-event-log",
      persistentVolumeClaim: { claimName: "event-logs" },
    })
    assert.deepStrictEqual(objects.container.envFrom, [{ secretRef: { name: "event-log-credentials" } }])
  })

  it("is not on the claim of executors, which write none", () => {
    const { executorTemplate } = built(application({}))
    const [container] = executorTemplate.spec?.containers ?? []
    assert.notInclude(mounts(container!), "spark-event-log /spark-events")
  })

  it("is configured for spark-submit in a Job in the same way", () => {
    const job = valid(application({ submission: { submitter: "job" } }), under())
    const { configMap, job: made } = submitJob(job, submission, options)
    assert.include(JSON.stringify(made), "spark.eventLog.dir=file:///spark-events")
    assert.include(configMap.data?.["driver-pod-template.yaml"] ?? "", '"mountPath": "/spark-events"')
  })

  it("keeps what the application says: other properties, and a volume at the same path", () => {
    const objects = built(
      application({
        sparkConf: { "spark.eventLog.enabled": "true", "spark.eventLog.compress": "false" },
        volumes: [{ name: "logs", persistentVolumeClaim: { claimName: "own" } }],
        driver: { volumeMounts: [{ name: "logs", mountPath: "/spark-events" }] },
      }),
    )
    assert.include(eventLogOf(objects), "spark.eventLog.compress=false")
    assert.include(eventLogOf(objects), "spark.eventLog.dir=file:///spark-events")
    assert.include(mounts(objects.container), "logs /spark-events")
    assert.notInclude(mounts(objects.container), "spark-event-log /spark-events")
  })

  it.each([
    ["a directory of its own", own],
    ["none at all", { "spark.eventLog.enabled": "false" }],
  ] as const)("is not configured where the application requests %s", (_, sparkConf) => {
    const objects = built(application({ sparkConf }))
    assert.lengthOf(eventLogOf(objects), Object.keys(sparkConf).length)
    assert.notInclude(mounts(objects.container), "spark-event-log /spark-events")
    assert.isUndefined(objects.container.envFrom)
  })

  it("is not configured by a server that only reads", () => {
    assert.isEmpty(eventLogOf(built(application({}), { inject: false })))
  })
})

describe("the link to the history", () => {
  it("has the id, the name and the namespace of the application", () => {
    assert.strictEqual(link({}), "https://history.example.com/default/spark-pi/spark-123/")
  })

  it("is there for logs that the application itself writes to the directory, however it is spelled", () => {
    const written = (directory: string) =>
      link({ "spark.eventLog.enabled": "TRUE", "spark.eventLog.dir": directory }, { inject: false })
    assert.isDefined(written("file:/spark-events/"))
    assert.isDefined(written("file:///spark-events"))
    assert.isUndefined(written("file:///spark-events-of-others"))
  })

  it("is there for any directory if the operator knows none", () => {
    assert.isDefined(link(own, { directory: undefined, inject: false }))
  })

  it.each([
    ["no event log is written", { "spark.eventLog.enabled": "false" }, {}],
    ["the log is only in the pod", { "spark.eventLog.enabled": "true" }, { inject: false }],
    ["the operator has no format", {}, { urlFormat: undefined }],
  ] as const)("is absent where %s", (_, sparkConf, changes) => {
    assert.isUndefined(link(sparkConf, changes))
  })

  it("is absent without a target", () => {
    assert.isUndefined(historyUrlOf(valid(application({ sparkConf: own })), "spark-123"))
    assert.isUndefined(noTarget.target)
  })
})

describe("warnings about the event log", () => {
  it("name a directory that the history server does not read, and the one that it does", () => {
    const [warning] = warningsOf(own)
    assert.match(warning ?? "", /^spec\.sparkConf\[.*spark\.eventLog\.dir.*--event-log-dir.*file:\/\/\/spark-events/)
  })

  it("name the labels by which two history servers select an application", () => {
    const conflict = "is selected by SparkHistoryServer a/x and a/y"
    const { warnings } = valid(application({}), { eventLog: { target: undefined, conflict } })
    assert.deepInclude(warnings, { field: "metadata.labels", message: conflict })
  })

  it("are not given where everything is as it should be", () => {
    assert.isEmpty(warningsOf({}))
    assert.isEmpty(warningsOf({ "spark.eventLog.enabled": "false" }))
  })
})
