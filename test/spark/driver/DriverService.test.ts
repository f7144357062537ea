import { assert, describe, it } from "@effect/vitest"
import { application, assertProblem, submit, type Changes } from "../../support/SparkFixture.ts"

const service = (changes: Changes) => submit(application(changes)).service

describe("DriverService", () => {
  it("is headless, selects the driver by all its labels and publishes it before it is ready", () => {
    const { service, pod } = submit(application({ driver: { labels: { team: "blue" } } }))
    assert.strictEqual(service.spec?.clusterIP, "None")
    assert.isTrue(service.spec?.publishNotReadyAddresses)
    assert.deepStrictEqual(service.spec?.selector, pod.metadata?.labels)
    assert.strictEqual(service.spec?.selector?.["team"], "blue")
  })

  it("is the host that executors connect to", () => {
    const { service, properties } = submit(application())
    assert.strictEqual(properties.get("spark.driver.host"), `${service.metadata?.name}.default.svc`)
    const long = submit(application({}, { name: "a".repeat(60) }))
    assert.match(long.service.metadata?.name ?? "", /^spark-[0-9a-f]{16}-driver-svc$/)
    assert.strictEqual(long.properties.get("spark.driver.host"), `${long.service.metadata?.name}.default.svc`)
  })

  it("distinguishes the block manager's port from the shared key, as Spark does", () => {
    const { service, container, properties } = submit(application({ sparkConf: { "spark.blockManager.port": "7100" } }))
    assert.strictEqual(service.spec?.ports?.[1]?.port, 7079)
    assert.strictEqual(container.ports?.[1]?.containerPort, 7100)
    assert.strictEqual(properties.get("spark.driver.blockManager.port"), "7079")
    const own = submit(application({ sparkConf: { "spark.driver.blockManager.port": "7200" } }))
    assert.strictEqual(own.service.spec?.ports?.[1]?.targetPort, 7200)
    assert.strictEqual(own.container.ports?.[1]?.containerPort, 7200)
  })

  it("has Spark Connect's port from 4.1 on, with its protocol from 4.2 on", () => {
    const connect = (sparkVersion: string) => service({ sparkVersion }).spec?.ports?.[3]
    assert.isUndefined(connect("4.0.5"))
    assert.deepStrictEqual(connect("4.1.4"), { name: "spark-connect", port: 15002, targetPort: 15002 })
    assert.strictEqual(connect("4.2.0")?.appProtocol, "grpc")
  })

  it("takes IP families and labels from the configuration from 3.4 on", () => {
    const changes = {
      driver: { serviceLabels: { l: "1" }, serviceAnnotations: { a: "1" } },
      sparkConf: {
        "spark.kubernetes.driver.service.ipFamilyPolicy": "PreferDualStack",
        "spark.kubernetes.driver.service.ipFamilies": "IPv6,IPv4",
      },
    }
    const dual = service(changes)
    assert.strictEqual(dual.spec?.ipFamilyPolicy, "PreferDualStack")
    assert.deepStrictEqual(dual.spec?.ipFamilies, ["IPv6", "IPv4"])
    assert.strictEqual(dual.metadata?.labels?.["l"], "1")
    const old = service({ ...changes, sparkVersion: "3.3.4" })
    assert.isUndefined(old.spec?.ipFamilyPolicy)
    assert.isUndefined(old.metadata?.labels?.["l"])
    assert.deepStrictEqual(old.metadata?.annotations, { a: "1" })
  })

  it("refuses a bind address, unknown families and two ports of one number", () => {
    const withConf = (key: string, value: string) => application({ sparkConf: { [key]: value } })
    assertProblem(
      withConf("spark.driver.bindAddress", "0.0.0.0"),
      'spec.sparkConf["spark.driver.bindAddress"]',
      /remove/,
    )
    const families = "spark.kubernetes.driver.service.ipFamilies"
    assertProblem(withConf(families, "IPv5"), `spec.sparkConf["${families}"]`, /one of IPv4, IPv6/)
    assertProblem(withConf("spark.ui.port", "7078"), "spec.sparkConf", /two ports of the driver have the number 7078/)
  })
})
