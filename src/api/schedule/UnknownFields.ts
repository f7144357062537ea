/** Unknown fields of a ScheduledSparkApplication. */

import { Schema } from "effect"
import type { Problem } from "../Problem.ts"
import { structuralSchema } from "../schema/StructuralSchema.ts"
import { unknownIn } from "../schema/UnknownFields.ts"
import { ScheduledSparkApplicationSpec } from "./ScheduledSparkApplicationSpec.ts"

const { template: _template, ...ownFields } = ScheduledSparkApplicationSpec.fields
const ownSchema = structuralSchema(Schema.Struct(ownFields))

/** Every unknown field of a spec outside of the template, which is checked as the spec of an application. */
export const unknownFields = ({
  template: _application,
  ...own
}: ScheduledSparkApplicationSpec): ReadonlyArray<Problem> =>
  unknownIn(ownSchema, own, "spec", "scheduledsparkapplication.spec")
