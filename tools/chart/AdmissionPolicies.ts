/**
 * The ValidatingAdmissionPolicies of the chart, without names, from the data that validation uses: what they refuse, the operator refuses as
 * well. They are evaluated by the API server itself, so nothing has to run for them.
 */

import type { Schema } from "effect"
import { stringify } from "yaml"
import { scheduledSparkApplications, sparkApplications, sparkConnects } from "../../src/api/Kinds.ts"
import { expectedOf, openApiOf } from "../../src/api/schema/Field.ts"
import { ApplicationName, ConnectName, ScheduleName } from "../../src/api/schema/Scalar.ts"
import { asConnect } from "../../src/connect/Fields.ts"
import { noImage as noConnectImage, reserved } from "../../src/connect/SpecRules.ts"
import type { KubeObject, Resource } from "../../src/kube/Resource.ts"
import { deniedKeys, namespaceKey, ownNamespace } from "../../src/spark/conf/ForbiddenConf.ts"
import { noImage } from "../../src/spark/conf/RoleConf.ts"

interface Variable {
  readonly name: string
  readonly expression: string
}

type Validation = { readonly expression: string } & (
  | { readonly message: string }
  /** `message` counts if the expression fails. */
  | { readonly messageExpression: string; readonly message: string }
)

export interface AdmissionPolicy {
  readonly apiGroup: string
  readonly apiVersion: string
  readonly resource: string
  /** In order: each may use those before it. */
  readonly variables: ReadonlyArray<Variable>
  readonly validations: ReadonlyArray<Validation>
}

/** What a kind has in its own place or words. */
interface Subject<A extends KubeObject> {
  readonly of: Resource<A>
  readonly name: Schema.Top
  /** The path of the spec of the workload. */
  readonly spec: string
  /** Keys of `sparkConf` that must not be set, each with what to use instead. */
  readonly denied: Readonly<Record<string, string>>
  readonly images: ReadonlyArray<Validation>
}

const text = (value: string) => JSON.stringify(value)

/** A field of `variables.spec` that is set and not empty. */
const isSet = (...path: ReadonlyArray<string>): string =>
  path
    .map((_, index) => `has(variables.spec.${path.slice(0, index + 1).join(".")})`)
    .concat(`variables.spec.${path.join(".")} != ''`)
    .join(" && ")

const names = ({ name: { ast } }: Subject<KubeObject>): Validation => {
  const { pattern, maxLength } = openApiOf(ast)
  const legal = `size(object.metadata.name) <= ${maxLength} && object.metadata.name.matches(${text(pattern ?? "")})`
  return {
    expression: `request.operation != 'CREATE' || (${legal})`,
    message: `metadata.name is not ${expectedOf(ast)}`,
  }
}

/** The first of the denied keys is named. */
const keys = ({ spec, denied }: Subject<KubeObject>) => ({
  variables: [
    {
      name: "instead",
      expression: `{${Object.entries(denied)
        .map((entry) => entry.map(text).join(": "))
        .join(", ")}}`,
    },
    {
      name: "denied",
      expression: `[${Object.keys(denied).map(text).join(", ")}].filter(key, key in variables.conf)`,
    },
  ],
  validations: [
    {
      expression: "size(variables.denied) == 0",
      messageExpression: `${text(`${spec}.sparkConf["`)} + variables.denied[0] + '"] is not allowed: ' + variables.instead[variables.denied[0]]`,
      message: `${spec}.sparkConf has a key that is not allowed`,
    },
    {
      expression: `!(${text(namespaceKey)} in variables.conf) || variables.conf[${text(namespaceKey)}] == object.metadata.namespace`,
      message: `${spec}.sparkConf["${namespaceKey}"] is not allowed: ${ownNamespace}; remove this key`,
    },
  ],
})

const policy = <A extends KubeObject>(subject: Subject<A>): AdmissionPolicy => {
  const { variables, validations } = keys(subject)
  return {
    apiGroup: subject.of.group,
    apiVersion: subject.of.version,
    resource: subject.of.plural,
    variables: [
      { name: "spec", expression: `object.${subject.spec}` },
      { name: "conf", expression: "has(variables.spec.sparkConf) ? variables.spec.sparkConf : {}" },
      ...variables,
    ],
    validations: [names(subject), ...validations, ...subject.images],
  }
}

/** At another place than `spec`, where the operator's messages have it. */
const at = (spec: string, message: string) => message.replaceAll("spec.", `${spec}.`)

const roleImages = (spec: string): ReadonlyArray<Validation> =>
  (["driver", "executor"] as const).map((role) => ({
    expression: `(${isSet("image")}) || (${isSet(role, "image")})`,
    message: at(spec, noImage(role)),
  }))

/** A container of the pod template that has an image. */
const templateImage = (role: string): string => {
  const path = `variables.spec.${role}`
  const levels = ["template", "template.spec", "template.spec.containers"].map((level) => `has(${path}.${level})`)
  const named = `${path}.template.spec.containers.exists(one, has(one.image) && one.image != '')`
  return [`has(${path})`, ...levels, named].join(" && ")
}

const mapValues = (record: Readonly<Record<string, string>>, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

const inTemplate = "spec.template"

export const admissionPolicies: ReadonlyArray<AdmissionPolicy> = [
  policy({
    of: sparkApplications,
    name: ApplicationName,
    spec: "spec",
    denied: deniedKeys,
    images: roleImages("spec"),
  }),
  policy({
    of: scheduledSparkApplications,
    name: ScheduleName,
    spec: inTemplate,
    denied: mapValues(deniedKeys, (message) => at(inTemplate, message)),
    images: roleImages(inTemplate),
  }),
  policy({
    of: sparkConnects,
    name: ConnectName,
    spec: "spec",
    denied: { ...mapValues(deniedKeys, (message) => asConnect({ field: "", message }).message), ...reserved },
    images: [
      {
        expression: `(${isSet("image")}) || (${templateImage("server")}) || (${templateImage("executor")})`,
        message: noConnectImage,
      },
    ],
  }),
]

export const admissionPoliciesYaml = (): string =>
  "# Generated by `npm run generate` from the rules of validation; with admissionPolicy.enable.\n" +
  stringify(admissionPolicies, { lineWidth: 0 })
