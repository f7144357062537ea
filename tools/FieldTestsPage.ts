/**
 * Which test shows what a field of the spec becomes: the source of `docs/fields-tests.md`. Every field of the schema has at least one test,
 * and each test mentions the field; `test/spark/FieldTable.test.ts` checks both.
 */

import type { GeneratedFile } from "./GeneratedFile.ts"

/** Fields, relative to `spec`, by test. `{driver,executor}.x` is two fields. */
const fieldsByTest: Readonly<Record<string, string>> = {
  "test/application/lifecycle/Decide.test.ts": `
    timeToLiveSeconds
  `,
  "test/application/lifecycle/running/Following.test.ts": `
    deadlines.submittedSeconds deadlines.scheduledSeconds deadlines.startedSeconds
    deadlines.readySeconds deadlines.runningSeconds
  `,
  "test/application/lifecycle/RetryPolicy.test.ts": `
    restartPolicy.type restartPolicy.onFailureRetries restartPolicy.onSubmissionFailureRetries
    restartPolicy.onFailureRetryInterval restartPolicy.onSubmissionFailureRetryInterval
  `,
  "test/application/lifecycle/running/Watchdog.test.ts": `
    healthChecks.watchdog.batchSeconds
  `,
  "test/e2e/HealthChecks.test.ts": `
    healthChecks.watchdog.stalledSeconds healthChecks.watchdog.restart
    healthChecks.executor.heartbeat.disabled healthChecks.executor.heartbeat.silentSeconds
    healthChecks.executor.heartbeat.replace
  `,
  "test/e2e/Lifecycle.test.ts": `
    suspend
  `,
  "test/spark/Children.test.ts": `
    driverPodDisruptionBudget sparkUIOptions.servicePort sparkUIOptions.servicePortName
    sparkUIOptions.ingressAnnotations sparkUIOptions.ingressTLS driverIngressOptions.servicePort
    driverIngressOptions.servicePortName driverIngressOptions.ingressURLFormat
    driverIngressOptions.ingressAnnotations driverIngressOptions.ingressTLS
  `,
  "test/spark/access/HttpRoute.test.ts": `
    sparkUIOptions.parentRefs driverIngressOptions.parentRefs
  `,
  "test/spark/Names.test.ts": `
    driver.podName
  `,
  "test/spark/PodTemplate.test.ts": `
    {driver,executor}.template {driver,executor}.podTemplate
  `,
  "test/spark/Validate.test.ts": `
    failureRetries retryInterval type mainClass executor.memoryLimit
  `,
  "test/spark/children/ServiceOptions.test.ts": `
    sparkUIOptions.serviceType sparkUIOptions.serviceAnnotations sparkUIOptions.serviceLabels
    driverIngressOptions.serviceType driverIngressOptions.serviceAnnotations
    driverIngressOptions.serviceLabels
  `,
  "test/spark/conf/SubmitConf.test.ts": `
    mode image imagePullPolicy sparkConf hadoopConf deps.jars deps.files deps.pyFiles deps.packages
    deps.excludePackages deps.repositories deps.archives pythonVersion {driver,executor}.cores
    {driver,executor}.coreRequest {driver,executor}.coreLimit {driver,executor}.memory
    {driver,executor}.memoryOverhead memoryOverheadFactor executor.instances dynamicAllocation.enabled
    dynamicAllocation.initialExecutors dynamicAllocation.minExecutors dynamicAllocation.maxExecutors
    dynamicAllocation.shuffleTrackingEnabled dynamicAllocation.shuffleTrackingTimeout
    {driver,executor}.image {driver,executor}.labels {driver,executor}.annotations
    {driver,executor}.serviceAccount {driver,executor}.javaOptions driver.kubernetesMaster
    driver.serviceAnnotations driver.serviceLabels executor.deleteOnTermination
    {driver,executor}.envVars {driver,executor}.envSecretKeyRefs {driver,executor}.secrets.name
    {driver,executor}.secrets.path {driver,executor}.secrets.secretType nodeSelector
  `,
  "test/spark/driver/BasicDriver.test.ts": `
    imagePullSecrets
  `,
  "test/spark/driver/Build.test.ts": `
    sparkVersion
  `,
  "test/spark/driver/DriverCommand.test.ts": `
    proxyUser mainApplicationFile arguments
  `,
  "test/spark/health/Layers.test.ts": `
    healthChecks.disabled healthChecks.template healthChecks.watchdog.disabled
    healthChecks.driver.disabled healthChecks.driver.preset healthChecks.executor.disabled
    healthChecks.executor.preset
  `,
  "test/spark/health/Presets.test.ts": `
    healthChecks.preset
  `,
  "test/spark/health/Rendering.test.ts": `
    healthChecks.computeHeavy healthChecks.decommission healthChecks.driver.port
    healthChecks.driver.startup healthChecks.driver.readiness healthChecks.driver.liveness
    healthChecks.executor.startup healthChecks.executor.readiness healthChecks.executor.liveness
  `,
  "test/spark/monitoring/Monitoring.test.ts": `
    monitoring.exposeDriverMetrics monitoring.exposeExecutorMetrics monitoring.metricsProperties
    monitoring.metricsPropertiesFile monitoring.prometheus.jmxExporterJar monitoring.prometheus.port
    monitoring.prometheus.portName monitoring.prometheus.configFile monitoring.prometheus.configuration
  `,
  "test/spark/monitoring/OpenTelemetry.test.ts": `
    telemetry.mode telemetry.otlp.endpoint telemetry.otlp.protocol telemetry.otlp.javaAgent.image
    telemetry.otlp.javaAgent.jar
  `,
  "test/spark/pod/LocalDirVolumes.test.ts": `
    {driver,executor}.volumeMounts
  `,
  "test/spark/pod/PodFields.test.ts": `
    sparkConfigMap hadoopConfigMap driver.memoryLimit {driver,executor}.gpu.name
    {driver,executor}.gpu.quantity {driver,executor}.env {driver,executor}.envFrom
    {driver,executor}.configMaps.name {driver,executor}.configMaps.path volumes
    {driver,executor}.volumeMounts {driver,executor}.ports.name {driver,executor}.ports.protocol
    {driver,executor}.ports.containerPort {driver,executor}.lifecycle {driver,executor}.securityContext
    {driver,executor}.podSecurityContext {driver,executor}.sidecars {driver,executor}.initContainers
    {driver,executor}.hostNetwork {driver,executor}.hostAliases {driver,executor}.dnsConfig
    {driver,executor}.shareProcessNamespace {driver,executor}.terminationGracePeriodSeconds
    {driver,executor}.nodeSelector {driver,executor}.affinity {driver,executor}.tolerations
    {driver,executor}.priorityClassName
  `,
  "test/spark/scheduler/BatchScheduler.test.ts": `
    {driver,executor}.schedulerName batchScheduler
  `,
  "test/spark/scheduler/PodGroup.test.ts": `
    batchSchedulerOptions.queue batchSchedulerOptions.priorityClassName batchSchedulerOptions.resources
  `,
  "test/spark/scheduler/SchedulerConf.test.ts": `
    batchSchedulerOptions.queue
  `,
  "test/spark/submit/Submitter.test.ts": `
    submission.submitter
  `,
}

const rows = (): ReadonlyArray<string> => {
  const pairs = Object.entries(fieldsByTest).flatMap(([test, fields]) =>
    fields
      .trim()
      .split(/\s+/)
      .map((field) => ({ field, test })),
  )
  return [...Map.groupBy(pairs, ({ field }) => field)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, found]) => `| \`${field}\` | ${found.map(({ test }) => test).join(", ")} |`)
}

const page = () => `<!-- Generated by \`npm run generate\` from tools/FieldTestsPage.ts. -->
# Tests of the fields

For maintainers: the tests that show what each field of \`spec\` becomes. What it becomes is described in [fields.md](fields.md).

| Field | Tests |
| --- | --- |
${rows().join("\n")}
`

export const generatedFiles = (): ReadonlyArray<GeneratedFile> => [{ path: "docs/fields-tests.md", content: page() }]
