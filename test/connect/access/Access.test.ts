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
    assert.deepInclude(metadata?.annotations, { "a/b": "c" })
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

  it("use TLS and the port where a controller of AWS or the certificate of another one ends it", () => {
    const ingress = (own: Fields) => lines({ ingress: { host: "i.example.com", ...own } })["Ingress"]
    const alb = "alb.ingress.kubernetes.io"
    assert.strictEqual(ingress({}), "sc://i.example.com:80")
    assert.strictEqual(ingress({ tls: true }), "sc://i.example.com:443/;use_ssl=true")
    const arn = { [`${alb}/certificate-arn`]: "arn:aws:acm:x" }
    assert.strictEqual(ingress({ annotations: arn }), "sc://i.example.com:443/;use_ssl=true")
    const ports = { [`${alb}/listen-ports`]: '[{"HTTP": 80}, {"HTTPS": 8443}]' }
    assert.strictEqual(ingress({ annotations: ports }), "sc://i.example.com:8443/;use_ssl=true")
    const broken = { [`${alb}/listen-ports`]: "[{" }
    assert.strictEqual(ingress({ annotations: broken }), "sc://i.example.com:80")
    assert.strictEqual(ingress({ tls: false, tlsSecretName: "cert" }), "sc://i.example.com:80")
  })

  it("name the port of the listener of a Gateway", () => {
    const route = (own: Fields, port: number) =>
      lines({ grpcRoute: { parentRefs: [{ name: "gw", port }], hostnames: ["g.example.com"], ...own } })["GRPCRoute"]
    assert.strictEqual(route({}, 8443), "sc://g.example.com:8443/;use_ssl=true")
    assert.strictEqual(route({ plaintext: true }, 8080), "sc://g.example.com:8080")
  })

  it("use TLS where a load balancer of AWS ends it", () => {
    const balanced = (annotations: Fields) => {
      const service = { metadata: { name: "sc", annotations }, spec: { type: "LoadBalancer" } }
      return lines({ service }, token, { loadBalancer: { ingress: [{ hostname: "lb.example.com" }] } })["LoadBalancer"]
    }
    const aws = "service.beta.kubernetes.io/aws-load-balancer-ssl"
    const secure = "sc://lb.example.com:15002/;use_ssl=true;token=<token>"
    const plain = "sc://lb.example.com:15002/;authorization=Bearer%20<token>"
    assert.strictEqual(balanced({}), plain)
    assert.strictEqual(balanced({ [`${aws}-cert`]: "arn" }), secure)
    assert.strictEqual(balanced({ [`${aws}-cert`]: "arn", [`${aws}-ports`]: "443,15002" }), secure)
    assert.strictEqual(balanced({ [`${aws}-cert`]: "arn", [`${aws}-ports`]: "spark-connect-server" }), secure)
    assert.strictEqual(balanced({ [`${aws}-cert`]: "arn", [`${aws}-ports`]: "443" }), plain)
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
