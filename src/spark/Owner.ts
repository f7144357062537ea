/** The reference by which everything that is made for an application goes when the application goes. */

import type { OwnerReference } from "kubernetes-types/meta/v1"
import type { SparkApplication } from "../api/application/SparkApplication.ts"

/** The application as the controller of an object. */
export const ownerReference = ({ metadata }: SparkApplication): OwnerReference => ({
  apiVersion: "sparkoperator.k8s.io/v1beta2",
  kind: "SparkApplication",
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})
