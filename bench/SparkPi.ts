/** The application that benchmarks submit. */

/** A spec with this many executors. */
export const sparkPi = (instances: number) => ({
  type: "Scala",
  sparkVersion: "4.1.4",
  image: "spark:4.1.4",
  mainClass: "org.apache.spark.examples.SparkPi",
  mainApplicationFile: "local:///opt/spark/examples/jars/spark-examples.jar",
  driver: { serviceAccount: "default" },
  executor: { instances },
})
