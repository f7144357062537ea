/** All golden cases. */

import { configurationCases } from "./ConfigurationCases.ts"
import type { GoldenCase } from "./GoldenCase.ts"
import { podCases } from "./PodCases.ts"

export const goldenCases: ReadonlyArray<GoldenCase> = [...configurationCases, ...podCases]

/** The versions that are recorded, oldest first. */
export const goldenVersions: ReadonlyArray<string> = ["3.3.4", "3.4.4", "3.5.9", "4.0.5", "4.1.4", "4.2.0", "4.3.0"]

/** Where the recordings stand: `<version>/<case>/<file>`. */
export const goldenFolder = `${import.meta.dirname}/spark-submit`
