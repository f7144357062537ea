import { assert, describe, it } from "@effect/vitest"
import { application, assertProblem, environment, python, submit } from "../../support/SparkFixture.ts"

const args = (resource: unknown) => submit(resource).container.args
const properties = ["--properties-file", "/opt/spark/conf/spark.properties"]

describe("DriverCommand", () => {
  it("runs the class of a jar with the arguments as they are", () => {
    assert.deepStrictEqual(args(application({ arguments: ["--a b", "", "$(x)"], proxyUser: "alice" })), [
      "driver",
      "--proxy-user",
      "alice",
      ...properties,
      "--class",
      "org.apache.spark.examples.SparkPi",
      "local:///opt/spark/examples/jars/spark-examples.jar",
      "--a b",
      "",
      "$(x)",
    ])
  })

  it("runs Python and R files by Spark's runners", () => {
    assert.deepStrictEqual(args(python())?.slice(3), [
      "--class",
      "org.apache.spark.deploy.PythonRunner",
      "local:///opt/spark/examples/pi.py",
    ])
    const r = application({ type: "R", mainApplicationFile: "https://host/a.r" })
    assert.deepStrictEqual(args(r)?.slice(3), ["--class", "org.apache.spark.deploy.RRunner", "https://host/a.r"])
    assert.strictEqual(submit(r).properties.get("spark.kubernetes.resource.type"), "r")
  })

  it("sets the interpreter of Python applications, the driver's own first", () => {
    const env = (sparkConf: object) =>
      environment(submit(python({ sparkConf })).container).filter((variable) => variable.startsWith("PYSPARK"))
    assert.deepStrictEqual(env({}), [])
    assert.deepStrictEqual(env({ "spark.pyspark.python": "py" }), ["PYSPARK_PYTHON=py", "PYSPARK_DRIVER_PYTHON=py"])
    assert.deepStrictEqual(env({ "spark.pyspark.driver.python": "dr" }), ["PYSPARK_DRIVER_PYTHON=dr"])
  })

  it("refuses Python 2 for Python applications", () => {
    assertProblem(python({ pythonVersion: "2" }), "spec.pythonVersion", /one of 3/)
    assert.isDefined(submit(application({ pythonVersion: "2" })))
  })
})
