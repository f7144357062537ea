/** The applications that the suite runs. */

import type { SparkApplication, SparkApplicationSpec } from "../../../src/api/application/SparkApplication.ts"
import { newest, type SparkImage } from "./Environment.ts"

/** JVMs of tests run for seconds: saving on compilation and garbage collection halves the CPU time of a run. */
export const env = [{ name: "JDK_JAVA_OPTIONS", value: "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" }]

/** A Python application that runs `app.py` with these arguments; one executor of a tenth of a core unless the test says otherwise. */
export const python = (
  name: string,
  args: ReadonlyArray<string>,
  spec: Partial<SparkApplicationSpec> = {},
  { version, image }: SparkImage = newest,
): SparkApplication =>
  ({
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name },
    spec: {
      type: "Python",
      sparkVersion: version,
      image,
      mainApplicationFile: "local:///opt/app/app.py",
      arguments: args,
      ...spec,
      volumes: [{ name: "code", configMap: { name: "code" } }, ...(spec.volumes ?? [])],
      driver: {
        cores: 1,
        coreRequest: "100m",
        memory: "512m",
        serviceAccount: "spark",
        env,
        ...spec.driver,
        volumeMounts: [{ name: "code", mountPath: "/opt/app" }, ...(spec.driver?.volumeMounts ?? [])],
      },
      executor: { instances: 1, cores: 1, coreRequest: "100m", memory: "512m", env, ...spec.executor },
    },
  }) as object as SparkApplication

const examplesJar = process.env["FIRESTEEL_SPARK_EXAMPLES_JAR"] ?? "local:///opt/spark/examples/jars/spark-examples.jar"

/** SparkPi, wherever the image has the examples' jar. */
export const sparkPi = (name: string, { version, image }: SparkImage = newest): SparkApplication => {
  const { spec, ...rest } = python(name, ["4"], {}, { version, image })
  const scala = version.startsWith("3.") ? "2.12" : "2.13"
  const mainApplicationFile = examplesJar.replace("{scala}", scala).replace("{version}", version)
  return {
    ...rest,
    spec: { ...spec, type: "Scala", mainClass: "org.apache.spark.examples.SparkPi", mainApplicationFile },
  } as SparkApplication
}
