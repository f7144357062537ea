import { assert, describe, it } from "@effect/vitest"
import type { Service } from "kubernetes-types/core/v1"
import { accessObjects, unwantedAccess } from "../../../src/connect/access/Access.ts"
import { connectionsOf, endpointOf } from "../../../src/connect/access/Connections.ts"
import { connect, valid } from "../../support/ConnectFixture.ts"

type Fields = Readonly<Record<string, unknown>>

const access = (server: Fields, spec: Fields = {}) => {
  const plan = valid(connect({ server, ...spec }))
  return accessObjects(plan.connect, plan)
}
const serviceOf = (server: Fields, spec: Fields = {}) => access(server, spec)[0]!.object as Service

const lines = (server: Fields, spec: Fields = {}, status: object = {}) => {
  const plan = valid(connect({ server, ...spec }))
  const service = { ...(accessObjects(plan.connect, plan)[0]!.object as Service), status }
  return Object.fromEntries(connectionsOf(plan.connect, plan, service).map(({ from, url }) => [from, url]))
}
const token = { auth: { mode: "Token" } }

describe("the Service of a Connect server", () => {
  it("has kubeflow's name and ports", () => {
    const { metadata, spec } = serviceOf({})
    assert.strictEqual(metadata?.name, "analysts-server")
    assert.deepStrictEqual(
      spec?.ports?.map(({ name, port, targetPort, appProtocol }) => `${name} ${port} ${targetPort} ${appProtocol}`),
      [
        "driver-rpc 7078 7078 tcp",
        "blockmanager 7079 7079 tcp",
        "web-ui 4040 4040 http",
        "spark-connect-server 15002 15002 grpc",
      ],
    )
  })

  it("selects servers of every attempt and every version of Spark", () => {
    assert.deepStrictEqual(serviceOf({}).spec?.selector, {
      "sparkoperator.k8s.io/launched-by-spark-operator": "true",
      "sparkoperator.k8s.io/connect-name": "analysts",
      "spark-role": "connect-server",
    })
  })

  it("is the user's, with what the user does not say added", () => {
    const { metadata, spec } = serviceOf({
      service: {
        metadata: {
          name: "sc",
          annotations: { "a/b": "c" },
          labels: { team: "x", "sparkoperator.k8s.io/connect-name": "no" },
        },
        spec: {
          type: "LoadBalancer",
          selector: { wrong: "yes" },
          ports: [
            { name: "spark-connect-server", port: 443, targetPort: 15002 },
            { name: "extra", port: 9 },
          ],
        },
      },
    })
    assert.strictEqual(metadata?.name, "sc")
    assert.deepStrictEqual(metadata?.annotations, { "a/b": "c" })
    assert.deepInclude(metadata?.labels, { team: "x", "sparkoperator.k8s.io/connect-name": "analysts" })
    assert.strictEqual(spec?.type, "LoadBalancer")
    assert.notProperty(spec?.selector, "wrong")
    assert.deepStrictEqual(
      spec?.ports?.map(({ name, port, appProtocol }) => [name, port, appProtocol]),
      [
        ["driver-rpc", 7078, "tcp"],
        ["blockmanager", 7079, "tcp"],
        ["web-ui", 4040, "http"],
        ["spark-connect-server", 443, "grpc"],
        ["extra", 9, undefined],
      ],
    )
  })

  it("follows the ports of the configuration", () => {
    const sparkConf = { "spark.connect.grpc.binding.port": "15003", "spark.ui.port": "4050" }
    assert.deepStrictEqual(
      serviceOf({}, { sparkConf }).spec?.ports?.map(({ port }) => port),
      [7078, 7079, 4050, 15003],
    )
  })
})

describe("ways from outside the cluster", () => {
  it("an Ingress speaks gRPC to the server", () => {
    const ingress = { host: "sc.example.com", tlsSecretName: "cert", annotations: { "x/y": "z" } }
    const [, made] = access({ ingress })
    assert.strictEqual(made?.resource.kind, "Ingress")
    assert.deepInclude(made?.object.metadata?.annotations, {
      "nginx.ingress.kubernetes.io/backend-protocol": "GRPC",
      "x/y": "z",
    })
    assert.deepInclude((made!.object as { spec?: object }).spec, {
      tls: [{ hosts: ["sc.example.com"], secretName: "cert" }],
    })
  })

  it("a GRPCRoute leads to the port for clients", () => {
    const [, made] = access({ grpcRoute: { parentRefs: [{ name: "gw" }], hostnames: ["sc.example.com"] } })
    assert.strictEqual(made?.resource.kind, "GRPCRoute")
    assert.deepInclude((made!.object as { spec?: object }).spec, {
      rules: [{ backendRefs: [{ name: "analysts-server", port: 15002 }] }],
    })
  })

  it("go when the spec no longer requests them", () => {
    assert.deepStrictEqual(
      unwantedAccess(connect()).map(({ resource, name }) => `${resource.kind}/${name}`),
      ["Ingress/analysts-server", "GRPCRoute/analysts-server"],
    )
  })

  it("have a hash that changes with what they are", () => {
    const hash = (server: Fields) => access(server)[0]!.hash
    assert.strictEqual(hash({}), hash({ memory: "2g" }))
    assert.notStrictEqual(
      hash({}),
      hash({ service: { metadata: { name: "analysts-server" }, spec: { type: "NodePort" } } }),
    )
  })
})

describe("connection strings", () => {
  it("inside the cluster and through a port-forward", () => {
    assert.deepStrictEqual(lines({}), {
      Cluster: "sc://analysts-server.default.svc:15002",
      PortForward: "sc://localhost:15002",
    })
    assert.strictEqual(endpointOf(connect(), 15002), "sc://analysts-server.default.svc:15002")
  })

  it("give a token as a header wherever there is no TLS, and as a token to localhost, where clients do without", () => {
    assert.deepStrictEqual(lines({}, token), {
      Cluster: "sc://analysts-server.default.svc:15002/;authorization=Bearer%20<token>",
      PortForward: "sc://localhost:15002/;token=<token>",
    })
  })

  it("use TLS through an Ingress and a Gateway", () => {
    const server = {
      ingress: { host: "i.example.com", tlsSecretName: "cert" },
      grpcRoute: { parentRefs: [{ name: "gw" }], hostnames: ["g.example.com"] },
    }
    const { Ingress, GRPCRoute } = lines(server, token)
    assert.strictEqual(Ingress, "sc://i.example.com:443/;use_ssl=true;token=<token>")
    assert.strictEqual(GRPCRoute, "sc://g.example.com:443/;use_ssl=true;token=<token>")
  })

  it("name the address of a load balancer once it has one, and its port", () => {
    const service = {
      metadata: { name: "sc" },
      spec: { type: "LoadBalancer", ports: [{ name: "spark-connect-server", port: 443, targetPort: 15002 }] },
    }
    assert.notProperty(lines({ service }), "LoadBalancer")
    const addressed = lines({ service }, {}, { loadBalancer: { ingress: [{ ip: "2001:db8::1" }] } })
    assert.strictEqual(addressed["LoadBalancer"], "sc://[2001:db8::1]:443")
    assert.strictEqual(addressed["Cluster"], "sc://sc.default.svc:443")
  })
})
