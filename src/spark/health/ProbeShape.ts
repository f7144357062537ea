/** Kubernetes' rules for a single probe (`validateProbe`), and the ports that its handler can reach. */

import { Predicate } from "effect"
import type { ContainerPort } from "kubernetes-types/core/v1"
import { probeHandlers } from "../../api/application/HealthChecks.ts"

export type Fields = Readonly<Record<string, unknown>>
export type Report = (field: string, message: string) => void

/** The ports of the container that is probed. */
export interface Reach {
  readonly ports: ReadonlyArray<Partial<ContainerPort>>
  /** Numbers on which Spark speaks TLS. */
  readonly tls: ReadonlyArray<number>
  /** Where Spark Connect listens without gRPC's health service. */
  readonly noHealthService: ReadonlyArray<number>
}

const fieldsOf = (value: unknown): Fields => (Predicate.isObject(value) && !Array.isArray(value) ? value : {})

/** Least values of Kubernetes; 0 takes its default. */
const least: Readonly<Record<string, number>> = {
  initialDelaySeconds: 0,
  periodSeconds: 0,
  timeoutSeconds: 0,
  successThreshold: 0,
  failureThreshold: 0,
  terminationGracePeriodSeconds: 1,
}

/** Numbers of a probe. `kind` is the key of the probe in a container, such as `readinessProbe`. */
export const numberProblems = (probe: Fields, kind: string, field: string, report: Report) => {
  for (const [name, minimum] of Object.entries(least)) {
    const value = probe[name]
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= minimum)) {
      report(
        `${field}.${name}`,
        `${JSON.stringify(value)} is not a whole number of at least ${name === "initialDelaySeconds" ? 0 : 1}`,
      )
    }
  }
  if (kind !== "readinessProbe" && Number(probe["successThreshold"] ?? 1) > 1) {
    report(`${field}.successThreshold`, "one success is enough for a startup or liveness probe; remove it")
  }
  if (kind === "readinessProbe" && probe["terminationGracePeriodSeconds"] !== undefined) {
    report(
      `${field}.terminationGracePeriodSeconds`,
      "must not be set: a readiness probe never ends a container; remove it",
    )
  }
}

/** A name that marks a port as one for TLS. */
const tlsName = /^https|^grpcs$|(?:^|-)(?:tls|ssl)(?:-|$)/

/** The port of a handler: a number, or except for gRPC the name of a port of the container. */
export const portProblems = (port: unknown, handler: string, field: string, reach: Reach, report: Report) => {
  const names = reach.ports.flatMap(({ name }) => (name === undefined ? [] : [name]))
  if (Predicate.isString(port)) {
    if (handler === "grpc")
      report(field, `${JSON.stringify(port)} is a name, but gRPC probes take only the number of a port`)
    else if (!names.includes(port)) {
      const known =
        names.length === 0 ? "it has no named ports; use a number" : `use a number or one of ${names.join(", ")}`
      report(field, `the container has no port named ${JSON.stringify(port)}; ${known}`)
    }
  } else if (!(Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    report(
      field,
      port === undefined
        ? "is required: a number from 1 to 65535 or a name"
        : `${JSON.stringify(port)} is not a port; use a number from 1 to 65535 or a name`,
    )
  } else if (handler === "grpc") {
    const named = reach.ports.some(({ name, containerPort }) => containerPort === port && tlsName.test(name ?? ""))
    if (named || reach.tls.includes(Number(port))) {
      report(field, `port ${Number(port)} speaks TLS, which gRPC probes of the kubelet do not; use tcpSocket`)
    } else if (reach.noHealthService.includes(Number(port))) {
      report(
        field,
        "this version of Spark Connect has no gRPC health service, so the probe could never succeed; use tcpSocket",
      )
    }
  }
}

/** The handlers of a probe; `optional` where a preset has one. */
export const handlerProblems = (probe: Fields, field: string, reach: Reach, report: Report, optional: boolean) => {
  const given = probeHandlers.filter((name) => probe[name] !== undefined)
  if (given.length > 1) {
    report(field, `has several handlers (${given.join(", ")}), but a probe has exactly one; keep one of them`)
  }
  if (given.length === 0 && !optional) report(field, `has no handler; add one of ${probeHandlers.join(", ")}`)
  for (const name of given) {
    const handler = fieldsOf(probe[name])
    const at = `${field}.${name}`
    if (name !== "exec") portProblems(handler["port"], name, `${at}.port`, reach, report)
    else if (!Array.isArray(handler["command"]) || handler["command"].length === 0) {
      report(`${at}.command`, "is empty; write the command and its arguments as a list")
    }
    if (name === "httpGet" && ![undefined, "HTTP", "HTTPS"].includes(handler["scheme"] as string | undefined)) {
      report(`${at}.scheme`, `${JSON.stringify(handler["scheme"])} is not a scheme; use HTTP or HTTPS`)
    }
  }
}
