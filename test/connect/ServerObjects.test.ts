import { assert, describe, it } from "@effect/vitest"
import type { ConfigMap, Service } from "kubernetes-types/core/v1"
import { serverObjects } from "../../src/connect/ServerObjects.ts"
import { parseProperties } from "../../src/spark/conf/Properties.ts"
import { connect, valid } from "../support/ConnectFixture.ts"
import { options, submission } from "../support/SparkFixture.ts"

const made = (spec: Readonly<Record<string, unknown>> = {}, attempt = 1, name = "analysts") => {
  const objects = serverObjects(valid(connect(spec, { name }), attempt), { ...submission, attempt }, options)
  const container = objects.pod.spec!.containers.at(-1)!
  const maps = objects.before.map(({ object }) => object as ConfigMap).filter(({ kind }) => kind === "ConfigMap")
  const properties = parseProperties(maps.find(({ data }) => data?.["spark.properties"])!.data!["spark.properties"]!)
  return { ...objects, container, properties }
}

describe("the pod of a Connect server", () => {
  const { pod, container, properties, before } = made()

  it("has kubeflow's name and labels, and belongs to the SparkConnect", () => {
    assert.strictEqual(pod.metadata?.name, "analysts-server")
    assert.deepInclude(pod.metadata?.labels, {
      "sparkoperator.k8s.io/launched-by-spark-operator": "true",
      "sparkoperator.k8s.io/connect-name": "analysts",
      "spark-role": "connect-server",
      "spark-version": "4.1.1",
    })
    assert.notProperty(pod.metadata?.labels, "sparkoperator.k8s.io/app-name")
    assert.deepInclude(pod.metadata?.ownerReferences?.[0], { kind: "SparkConnect", name: "analysts", controller: true })
    assert.strictEqual(pod.spec?.restartPolicy, "Never")
  })

  it("runs the server's class by the image's entrypoint, so that signals reach the JVM", () => {
    assert.isUndefined(container.command)
    assert.deepStrictEqual(container.args, [
      "driver",
      "--properties-file",
      "/opt/spark/conf/spark.properties",
      "--class",
      "org.apache.spark.sql.connect.service.SparkConnectServer",
      "spark-internal",
    ])
    assert.strictEqual(pod.spec?.terminationGracePeriodSeconds, 60)
  })

  it("has the ports of kubeflow's server", () => {
    assert.deepStrictEqual(
      container.ports?.map(({ name, containerPort }) => `${name} ${containerPort}`),
      ["driver-rpc-port 7078", "blockmanager 7079", "spark-ui 4040", "spark-connect 15002"],
    )
  })

  it.each(["3.5.6", "4.0.1", "4.3.0"])("has the port for clients with Spark %s, too", (sparkVersion) => {
    const deps = { packages: ["org.apache.spark:spark-connect_2.12:3.5.6"] }
    const ports = made({ sparkVersion, deps }).container.ports?.filter(({ containerPort }) => containerPort === 15002)
    assert.deepStrictEqual(
      ports?.map(({ name }) => name),
      ["spark-connect"],
    )
  })

  it("is ready when the port for clients is open, and gets five minutes for that", () => {
    assert.deepStrictEqual(container.readinessProbe?.tcpSocket, { port: 15002 })
    assert.deepInclude(container.startupProbe, { tcpSocket: { port: 15002 }, periodSeconds: 10, failureThreshold: 30 })
  })

  it("follows a port for clients that the user has chosen", () => {
    const moved = made({ sparkConf: { "spark.connect.grpc.binding.port": "15003" } }).container
    assert.deepStrictEqual(moved.readinessProbe?.tcpSocket, { port: 15003 })
    assert.include(moved.ports?.map(({ containerPort }) => containerPort) ?? [], 15003)
  })

  it("keeps the probes and the containers of a user's template, and takes the image from there", () => {
    const template = {
      spec: {
        serviceAccountName: "spark",
        containers: [
          { name: "proxy", image: "envoy" },
          { name: "spark-kubernetes-driver", image: "own:1", readinessProbe: { exec: { command: ["ok"] } } },
        ],
      },
    }
    const { pod, container } = made({ image: undefined, server: { template }, executor: { template } })
    assert.strictEqual(container.image, "own:1")
    assert.deepStrictEqual(container.readinessProbe, { exec: { command: ["ok"] } })
    assert.strictEqual(pod.spec?.serviceAccountName, "spark")
    assert.deepStrictEqual(
      pod.spec?.containers.map(({ name }) => name),
      ["proxy", "spark-kubernetes-driver"],
    )
  })

  it("shares its executors fairly among sessions, and knows its application id beforehand", () => {
    assert.strictEqual(properties.get("spark.scheduler.mode"), "FAIR")
    assert.strictEqual(properties.get("spark.app.id"), pod.metadata?.labels?.["spark-app-selector"])
    assert.strictEqual(properties.get("spark.kubernetes.driver.pod.name"), "analysts-server")
    assert.strictEqual(properties.get("spark.executor.instances"), "1")
  })

  it("lets executors find it before it is ready, by the Service of its attempt", () => {
    const service = before.find(({ object }) => object.kind === "Service")!.object as Service
    assert.strictEqual(properties.get("spark.driver.host"), `${service.metadata?.name}.default.svc`)
    assert.deepInclude(service.spec, { clusterIP: "None", publishNotReadyAddresses: true })
    assert.deepInclude(pod.metadata?.labels, service.spec?.selector)
  })

  it("names executors as kubeflow does, and those of later attempts otherwise", () => {
    const prefix = (attempt: number, name?: string) =>
      made({ sparkConf: { "spark.kubernetes.executor.podNamePrefix": "mine" } }, attempt, name).properties.get(
        "spark.kubernetes.executor.podNamePrefix",
      )!
    assert.deepStrictEqual([prefix(1), prefix(2)], ["analysts", "analysts-2"])
    const long = ["a", "b"].map((end) => prefix(12, `${"x".repeat(55)}${end}`))
    assert.notStrictEqual(long[0], long[1])
    for (const one of long) assert.match(one, /^x{35}-[0-9a-f]{8}-12$/)
  })

  it("starts without executors under dynamic allocation, and gives back all of them", () => {
    const { properties } = made({ dynamicAllocation: { enabled: true, maxExecutors: 4 } })
    assert.strictEqual(properties.get("spark.dynamicAllocation.minExecutors"), "0")
    assert.strictEqual(properties.get("spark.dynamicAllocation.shuffleTracking.enabled"), "true")
    assert.isFalse(properties.has("spark.executor.instances"))
  })

  it("gets the token from a Secret by its environment, never by a property", () => {
    const { container, properties } = made({ auth: { mode: "Token", secretName: "mine" } })
    assert.deepInclude(container.env ?? [], {
      name: "SPARK_CONNECT_AUTHENTICATE_TOKEN",
      valueFrom: { secretKeyRef: { name: "mine", key: "token" } },
    })
    assert.isFalse([...properties.keys()].some((key) => /token/i.test(key)))
  })

  it("closes abandoned sessions no later than it counts as idle", () => {
    const timeout = (timeoutSeconds: number) =>
      made({ sparkVersion: "4.3.0", idle: { timeoutSeconds } }).properties.get(
        "spark.connect.session.manager.defaultSessionTimeout",
      )
    assert.deepStrictEqual([timeout(600), timeout(86_400)], ["600s", "3600s"])
  })

  it("is the same, byte for byte, whenever it is built", () => {
    assert.strictEqual(JSON.stringify(made().pod), JSON.stringify(pod))
  })

  it("has another revision after a change that needs another server, and only then", () => {
    const revision = (spec: Readonly<Record<string, unknown>>) =>
      made(spec).pod.metadata?.annotations?.["sparkoperator.k8s.io/revision"]
    const same = [
      { suspend: true },
      { updateStrategy: "OnDelete" },
      { idle: { timeoutSeconds: 60 } },
      { restart: { maxFailures: 3 } },
      { server: { service: { metadata: { name: "x" } }, ingress: { host: "a.example.com" } } },
    ]
    for (const spec of same) assert.strictEqual(revision(spec), revision({}), JSON.stringify(spec))
    const other = [{ image: "spark:4.1.2" }, { server: { memory: "2g" } }, { auth: { mode: "Token" } }]
    for (const spec of other) assert.notStrictEqual(revision(spec), revision({}), JSON.stringify(spec))
  })
})
