/** Whether an object belongs to a history server: a matching name or label is not proof, the uid of its owner is. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { KubeObject } from "../../kube/Resource.ts"

/** Owned by this very server, not by an earlier one of the same name. */
export const ownedBy = ({ metadata: owned }: KubeObject, { metadata }: SparkHistoryServer): boolean =>
  owned?.ownerReferences?.some(({ uid }) => uid === metadata.uid) ?? false
