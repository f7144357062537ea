/** Values of flags about Ingresses and routes: the format of addresses, and JSON in the form that kubeflow's operator accepts. */

import { Option, Schema } from "effect"
import { IngressTLS } from "../api/application/DriverAccess.ts"
import { ParentReference } from "../api/ParentReference.ts"
import { StringMap } from "../api/schema/Scalar.ts"
import { isIngressUrlFormat } from "../spark/access/IngressAddress.ts"
import type { ValueKind } from "./ValueKind.ts"

/** An address with the placeholders `{{$appName}}`, `{{$appNamespace}}` and `{{$appId}}`; `""` means none. */
export const ingressUrlFormat: ValueKind<string | undefined> = {
  allowed: "an address such as https://spark.example.com/{{$appNamespace}}/{{$appName}}, or empty for none",
  parse: (text) =>
    text === "" ? Option.some(undefined) : isIngressUrlFormat(text) ? Option.some(text) : Option.none(),
}

/** JSON of this schema; `""` means none. */
const json = <A>(schema: Schema.Decoder<A>, allowed: string): ValueKind<A | undefined> => ({
  allowed,
  parse: (text) =>
    text === "" ? Option.some(undefined) : Schema.decodeUnknownOption(Schema.fromJsonString(schema))(text),
})

export const ingressTls = json(
  Schema.Array(IngressTLS),
  'JSON such as [{"hosts":["spark.example.com"],"secretName":"tls"}], or empty for none',
)

/** An empty list is the same as none. */
const parents = json(
  Schema.Array(ParentReference),
  'JSON such as [{"name":"public","namespace":"gateways"}], or empty for none',
)
export const parentReferences: typeof parents = {
  ...parents,
  parse: (text) => Option.map(parents.parse(text), (list) => (list?.length === 0 ? undefined : list)),
}

export const annotations = json(StringMap, 'JSON such as {"example.com/key":"value"}, or empty for none')
