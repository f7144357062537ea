/**
 * Scalar values of custom resources: memory sizes, quantities, ports, names, counts. Patterns are exactly as strict as the consumer of the
 * value (Spark or the API server).
 */

import { Schema } from "effect"
import { serviceNameSyntax, subdomainSyntax } from "../../kube/names/ObjectName.ts"
import { integer, IntOrString, pattern } from "./Field.ts"

export const Int32 = integer("int32")
export const Int64 = integer("int64")
export const Count = integer("int32", 0)
export const PositiveInt32 = integer("int32", 1)
/** Seconds, at least one. */
export const Seconds = integer("int64", 1)
export const Port = integer("int32", 1, 65535)

/** RFC 3339 in UTC with whole seconds, as Kubernetes writes it. */
export const Time = Schema.String.annotate({ openApi: { format: "date-time" } })

/** Labels, annotations, configuration properties. */
export const StringMap = Schema.Record(Schema.String, Schema.String)
export const Strings = Schema.Array(Schema.String)

/** A memory size as Spark parses it (`JavaUtils.byteStringAs`, whole numbers only). Without a unit it is in MiB. */
export const SparkMemory = pattern(
  /^[0-9]+([bB]|[kKmMgGtTpP][bB]?)?$/,
  "a Spark memory size; use a whole number with the unit k, m, g or t, such as 1536m",
)

/** The memory limit of a container, in Spark's notation (`2g`) or that of Kubernetes (`2Gi`). */
export const MemoryLimit = pattern(
  /^[0-9]+(\.[0-9]+)?([bB]|[kKmMgGtTpP][bB]?|[KMGTPE]i)?$/,
  "a memory size; use a number with the unit m, g or t, such as 2g, or Mi, Gi or Ti, such as 2Gi",
)

const quantityPattern =
  /^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$/

/** A number of CPU cores as a Kubernetes quantity, written as a string. */
export const CpuQuantity = pattern(
  quantityPattern,
  "a Kubernetes CPU quantity; use cores or thousandths of a core, such as 2 or 500m",
)

/** A Kubernetes quantity, written as a string or as a whole number. */
export const Quantity = IntOrString.check(
  Schema.makeFilter<number | string>(
    (value) =>
      quantityPattern.test(String(value)) ||
      `${JSON.stringify(value)} is not a Kubernetes quantity; use a number with an optional unit, such as 500m or 2Gi`,
    { openApi: { pattern: quantityPattern.source } },
  ),
)

/** Kubernetes' `ResourceList`: quantities by the name of the resource. */
export const ResourceList = Schema.Record(Schema.String, Quantity)

/** A factor such as `0.1`, written as a string. */
export const Factor = pattern(
  /^([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/,
  "a number; use a decimal fraction, such as 0.4",
)

/** The name of a pod (RFC 1123 subdomain). */
export const PodName = pattern(
  subdomainSyntax,
  "a pod name; use at most 253 lower case letters, digits, - and ., with a letter or digit at both ends of each part",
  { maxLength: 253 },
)

/** The name of an application: a DNS label (RFC 1035), because it is used as a label value and in the names of Services. */
export const ApplicationName = pattern(
  serviceNameSyntax,
  "an application name; use at most 63 lower case letters, digits and -, with a letter first and no - at the end",
  { maxLength: 63 },
)

/** The name of a Connect server: as that of an application, with room for `-server` in the name of its Service. */
export const ConnectName = pattern(
  serviceNameSyntax,
  "the name of a Connect server; use at most 56 lower case letters, digits and -, with a letter first and no - at the end",
  { maxLength: 56 },
)

/**
 * The name of a schedule: as that of an application, with room for what the name of a run adds, which is a dash and at least the 8 digits of
 * a time in minutes. The operator checks the limit of its own precision.
 */
export const ScheduleName = pattern(
  serviceNameSyntax,
  "a schedule name; use at most 54 lower case letters, digits and -, with a letter first and no - at the end",
  { maxLength: 54 },
)
