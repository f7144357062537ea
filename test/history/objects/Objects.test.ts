/** What a history server consists of: properties, Deployments, Service, Ingress and HTTPRoute. */

import { assert, describe, it } from "@effect/vitest"
import type { Deployment } from "kubernetes-types/apps/v1"
import type { ConfigMap, Service } from "kubernetes-types/core/v1"
import type { SparkHistoryServer } from "../../../src/api/history/SparkHistoryServer.ts"
import { endpointOf, urlFormatOf, urlOf } from "../../../src/history/objects/Addresses.ts"
import { desiredObjects, revisionOf } from "../../../src/history/objects/Objects.ts"
import { serverProperties } from "../../../src/history/objects/ServerConf.ts"
import { parseProperties } from "../../../src/spark/conf/Properties.ts"
import { historyServer, overS3 } from "../../support/HistoryFixture.ts"

const objectsOf = (server: SparkHistoryServer, exclusive = false) => desiredObjects(server, exclusive)
const of = <A>(server: SparkHistoryServer, kind: string, exclusive = false) =>
  objectsOf(server, exclusive).flatMap(({ resource, object }) => (resource.kind === kind ? [object as A] : []))
const deploymentsOf = (server: SparkHistoryServer, exclusive = false) => of<Deployment>(server, "Deployment", exclusive)
const podOf = (server: SparkHistoryServer) => deploymentsOf(server)[0]!.spec!.template
const containerOf = (server: SparkHistoryServer) =>
  podOf(server).spec!.containers.find(({ name }) => name === "spark-history-server")!

describe("the objects of a history server", () => {
  it("start Spark's class directly, with the properties of a ConfigMap", () => {
    const server = historyServer({ sparkConf: { "spark.history.ui.title": "Ours" } })
    assert.deepStrictEqual(containerOf(server).args, [
      "/opt/spark/bin/spark-class",
      "org.apache.spark.deploy.history.HistoryServer",
      "--properties-file",
      "/opt/spark/history-conf/spark-history.properties",
    ])
    const [conf] = of<ConfigMap>(server, "ConfigMap")
    assert.deepStrictEqual(Object.fromEntries(parseProperties(conf!.data!["spark-history.properties"]!)), {
      "spark.history.fs.logDirectory": "file:/spark-events",
      "spark.history.ui.port": "18080",
      "spark.history.ui.title": "Ours",
    })
    assert.deepInclude(podOf(server).spec!.volumes![0], {
      name: "spark-history-conf",
      configMap: { name: "history-conf" },
    })
  })

  it("mount every claim at the path of its directory", () => {
    const logDirectories = [
      { url: "file:///events/", claim: { claimName: "a", subPath: "logs" } },
      { url: "/more", claim: { claimName: "b" } },
    ]
    const server = historyServer({ logDirectories })
    assert.deepStrictEqual(
      containerOf(server).volumeMounts!.filter(({ name }) => name.startsWith("event-logs")),
      [
        { name: "event-logs-0", mountPath: "/events", subPath: "logs" },
        { name: "event-logs-1", mountPath: "/more" },
      ],
    )
    assert.strictEqual(serverProperties(server, true)["spark.history.fs.logDirectory"], "file:/events,file:/more")
  })

  it("name directories by their position", () => {
    const server = overS3({ logDirectories: [{ url: "s3a://a/x", name: "team a" }, { url: "s3a://b/y" }] })
    assert.strictEqual(serverProperties(server, false)["spark.history.fs.logDirectory.names"], "team a,s3a://b/y")
  })

  it("give the credentials and the Hadoop properties of directories to the pod", () => {
    const server = overS3({
      hadoopConf: { "fs.s3a.path.style.access": "true" },
      logDirectories: [
        { url: "s3a://a/x", secretName: "keys", hadoopConf: { "fs.s3a.endpoint": "http://minio:9000" } },
      ],
    })
    assert.deepStrictEqual(containerOf(server).envFrom, [{ secretRef: { name: "keys" } }])
    assert.deepInclude(serverProperties(server, false), {
      "spark.hadoop.fs.s3a.path.style.access": "true",
      "spark.hadoop.fs.s3a.endpoint": "http://minio:9000",
    })
  })

  it("are probed at the one path that says whether the server works", () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(historyServer())
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
      assert.deepStrictEqual(probe!.httpGet, { path: "/api/v1/version", port: "http" })
    }
    assert.deepInclude(startupProbe, { periodSeconds: 5, failureThreshold: 60 })
  })

  it("have memory for the heap and what is outside of it", () => {
    const resources = (spec: object) => containerOf(historyServer(spec)).resources
    assert.deepStrictEqual(resources({}), { requests: { cpu: "250m", memory: "1408Mi" }, limits: { memory: "1408Mi" } })
    assert.deepStrictEqual(resources({ memory: "8g", resources: { limits: { cpu: "2" } } }), {
      requests: { memory: "9011Mi" },
      limits: { memory: "9011Mi", cpu: "2" },
    })
    assert.deepStrictEqual(resources({ resources: { requests: { memory: "3Gi" } } }), {
      requests: { cpu: "250m", memory: "3Gi" },
      limits: {},
    })
    assert.deepInclude(containerOf(historyServer({ memory: "2g" })).env!, {
      name: "SPARK_DAEMON_MEMORY",
      value: "2048m",
    })
  })

  it("keep what they have read in a volume that is larger than Spark may use", () => {
    const server = historyServer({ memory: "4g", store: { type: "Hybrid", size: "1Gi" } })
    assert.deepInclude(serverProperties(server, false), {
      "spark.history.store.path": "/var/spark-history-store",
      "spark.history.store.maxDiskUsage": "966367641b",
      "spark.history.store.hybridStore.enabled": "true",
      "spark.history.store.hybridStore.maxMemoryUsage": "2048m",
    })
    assert.deepInclude(podOf(server).spec!.volumes!, { name: "spark-history-store", emptyDir: { sizeLimit: "1Gi" } })
    assert.notProperty(
      serverProperties(historyServer({ store: { type: "Disk" } }), false),
      "spark.history.store.hybridStore.enabled",
    )
  })

  it("let the user's template win in the container, and the fields of the resource over it", () => {
    const container = {
      name: "spark-history-server",
      image: "template",
      args: ["/usr/bin/spark-class", "Other"],
      env: [{ name: "SPARK_DAEMON_MEMORY", value: "3g" }],
      livenessProbe: { tcpSocket: { port: 18080 } },
    }
    const template = {
      metadata: { labels: { team: "a", "firesteel.dev/history-server": "other" } },
      spec: { nodeSelector: { disk: "ssd" }, containers: [{ name: "sidecar" }, container] },
    }
    const server = historyServer({ template, serviceAccount: "reader", imagePullSecrets: ["pull"] })
    const { metadata, spec } = podOf(server)
    assert.deepInclude(metadata!.labels, { team: "a", "firesteel.dev/history-server": "history" })
    assert.deepInclude(spec, { nodeSelector: { disk: "ssd" }, serviceAccountName: "reader" })
    assert.deepStrictEqual(spec!.imagePullSecrets, [{ name: "pull" }])
    assert.deepInclude(containerOf(server), {
      image: "spark:4.3.0",
      args: container.args,
      env: container.env,
      livenessProbe: container.livenessProbe,
    })
    assert.deepStrictEqual(
      spec!.containers.map(({ name }) => name),
      ["sidecar", "spark-history-server"],
    )
  })
})

describe("replicas and the cleaner", () => {
  const shown = (spec: object, exclusive = false) => {
    const server = historyServer(spec)
    const [conf] = of<ConfigMap>(server, "ConfigMap")
    return deploymentsOf(server, exclusive).map(({ metadata, spec }) => {
      const file = spec!.template.spec!.containers[0]!.args!.at(-1)!.split("/").at(-1)!
      const cleans = parseProperties(conf!.data![file]!).get("spark.history.fs.cleaner.enabled") === "true"
      return [metadata!.name, spec!.replicas, cleans, spec!.strategy!.type]
    })
  }

  it("are one Deployment while nothing is deleted", () => {
    assert.deepStrictEqual(shown({ replicas: 3 }), [["history", 3, false, "RollingUpdate"]])
    assert.deepStrictEqual(shown({ replicas: 3, cleaner: { enabled: false } }), [
      ["history", 3, false, "RollingUpdate"],
    ])
  })

  it("have exactly one pod that deletes event logs, which is never replaced before it has ended", () => {
    const cleaner = { enabled: true }
    assert.deepStrictEqual(shown({ cleaner }), [["history", 1, true, "Recreate"]])
    assert.deepStrictEqual(shown({ cleaner, replicas: 3 }), [
      ["history", 1, true, "Recreate"],
      ["history-replicas", 2, false, "RollingUpdate"],
    ])
    assert.deepStrictEqual(shown({ cleaner, replicas: 0 }), [["history", 0, true, "Recreate"]])
  })

  it("are behind one Service, and no Deployment selects pods of the other", () => {
    const server = historyServer({ replicas: 2, cleaner: { enabled: true } })
    const [service] = of<Service>(server, "Service")
    const labels = deploymentsOf(server).map(({ spec }) => spec!.template.metadata!.labels!)
    for (const one of labels) assert.deepInclude(one, service!.spec!.selector!)
    const [first, second] = deploymentsOf(server).map(({ spec }) => spec!.selector.matchLabels!)
    assert.deepInclude(labels[0], first!)
    assert.notDeepInclude(labels[1], first!)
    assert.deepInclude(labels[1], second!)
  })

  it("take turns on a claim that only one node can mount", () => {
    assert.deepStrictEqual(shown({}, true), [["history", 1, false, "Recreate"]])
  })

  it("pass age, interval and number to the cleaner", () => {
    const cleaner = { enabled: true, maxAge: "30d", interval: "12h", maxNum: 1000 }
    assert.deepInclude(serverProperties(historyServer({ cleaner }), true), {
      "spark.history.fs.cleaner.maxAge": "30d",
      "spark.history.fs.cleaner.interval": "12h",
      "spark.history.fs.cleaner.maxNum": "1000",
    })
  })
})

describe("addresses", () => {
  const rows: ReadonlyArray<readonly [spec: object, url: string]> = [
    [{}, "http://history.team.svc:18080"],
    [{ ingress: { host: "a.example.com" } }, "http://a.example.com"],
    [{ ingress: { host: "a.example.com", tlsSecretName: "s" } }, "https://a.example.com"],
    [{ ingress: { host: "a.example.com", tls: true } }, "https://a.example.com"],
    [{ httpRoute: { parentRefs: [{ name: "g" }], hostnames: ["b.example.com"] } }, "https://b.example.com"],
    [
      { httpRoute: { parentRefs: [{ name: "g", port: 8443 }], hostnames: ["b.example.com"] } },
      "https://b.example.com:8443",
    ],
    [
      { httpRoute: { parentRefs: [{ name: "g" }], hostnames: ["b.example.com"], plaintext: true } },
      "http://b.example.com",
    ],
    [{ url: "https://c.example.com/history/", ingress: { host: "a.example.com" } }, "https://c.example.com/history"],
  ]
  it.each(rows)("%j has the URL %s", (spec, url) => {
    const server = historyServer(spec)
    assert.strictEqual(urlOf(server), url)
    assert.strictEqual(urlFormatOf(server), `${url}/history/{{appId}}/jobs/`)
  })

  it("with a path make all links of the server begin with it", () => {
    const server = historyServer({ url: "https://c.example.com/history/" })
    assert.strictEqual(serverProperties(server, false)["spark.ui.proxyBase"], "/history")
  })

  it("follow the port of the user's Service and of the user's property", () => {
    const ports = [{ port: 80 }]
    const server = historyServer({
      service: { spec: { type: "LoadBalancer", ports }, metadata: { annotations: { a: "b" } } },
      sparkConf: { "spark.history.ui.port": "9999" },
    })
    assert.strictEqual(endpointOf(server), "http://history.team.svc:80")
    const [service] = of<Service>(server, "Service")
    assert.deepInclude(service!.spec, { type: "LoadBalancer" })
    assert.deepStrictEqual(service!.spec!.ports, [
      { name: "http", port: 80, targetPort: "http", protocol: "TCP", appProtocol: "http" },
    ])
    assert.deepInclude(service!.metadata!.annotations, { a: "b" })
    assert.deepStrictEqual(containerOf(server).ports, [{ name: "http", containerPort: 9999, protocol: "TCP" }])
  })
})

describe("the hash of what is applied", () => {
  it("stays while nothing changes, and moves with the pods when a property does", () => {
    const revisions = (server: SparkHistoryServer) => objectsOf(server).map(({ object }) => revisionOf(object))
    assert.deepStrictEqual(revisions(historyServer()), revisions(historyServer()))
    const changed = historyServer({ sparkConf: { "spark.history.ui.title": "x" } })
    const [conf, deployment, service] = revisions(historyServer())
    const [changedConf, changedDeployment, sameService] = revisions(changed)
    assert.notStrictEqual(conf, changedConf)
    assert.notStrictEqual(deployment, changedDeployment)
    assert.strictEqual(service, sameService)
  })
})
