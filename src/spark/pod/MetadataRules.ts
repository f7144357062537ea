/**
 * Kubernetes' rules for names, labels and annotations (`apimachinery/pkg/util/validation`), each returning a message
 * for the user, or undefined when the value is valid.
 */

import { isLabelKey, isLabelValue } from "../../kube/selector/LabelSelector.ts"

const keyError = (kind: string, key: string): string | undefined =>
  isLabelKey(key)
    ? undefined
    : `${JSON.stringify(key)} is not a legal ${kind} key; use at most 63 letters, digits, - _ . with a letter or digit at both ends, after an optional DNS name and /`

/** Keys and values of labels, and of node selectors. */
export const labelError = (key: string, value: string): string | undefined =>
  keyError("label", key) ??
  (isLabelValue(value)
    ? undefined
    : `${JSON.stringify(value)} is not a legal label value; use at most 63 letters, digits, - _ . with a letter or digit at both ends`)

/** Keys of annotations; values are free. */
export const annotationError = (key: string): string | undefined => keyError("annotation", key.toLowerCase())
