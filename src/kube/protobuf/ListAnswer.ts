/** Lists as the API server encodes them in Protocol Buffers: four bytes that say so, an envelope (`runtime.Unknown`), and the list in it. */

import type { KubeList } from "../Kube.ts"
import type { KubeObject } from "../Resource.ts"
import { decode, type Fields, fields } from "./Fields.ts"
import { WireError } from "./Wire.ts"

/** The media type. */
export const protobuf = "application/vnd.kubernetes.protobuf"

const magic = Buffer.from("k8s\0")

const metadata = fields({ resourceVersion: [2, "text"], continue: [3, "text"] })

const envelopes = new WeakMap<Fields, Fields>()

/** The list of such objects that these bytes are. Throws a `WireError` if they are none. */
export const decodeList = <A extends KubeObject>(body: Buffer, object: Fields): KubeList<A> => {
  if (!body.subarray(0, magic.length).equals(magic))
    throw new WireError("the answer does not begin as Kubernetes' Protocol Buffers do")
  const envelope =
    envelopes.get(object) ?? fields({ raw: [2, fields({ metadata: [1, metadata], items: [2, object, "many"] })] })
  envelopes.set(object, envelope)
  const { raw } = decode(body, envelope, magic.length) as { readonly raw?: Partial<KubeList<A>> }
  if (raw?.metadata === undefined) throw new WireError("the answer is not a list")
  return { metadata: raw.metadata, items: raw.items ?? [] }
}
