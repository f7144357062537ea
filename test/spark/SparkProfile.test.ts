import { assert, describe, it } from "@effect/vitest"
import { profileOf, profiles } from "../../src/spark/SparkProfile.ts"

describe("profileOf", () => {
  it("depends on the minor version", () => {
    const minors = ["3.3.4", "3.4", "3.5.9", "4.0.5", "4.1.0-preview1", "4.2.0", "4.3.0"].map(
      (v) => profileOf(v)?.minor,
    )
    assert.deepStrictEqual(minors, ["3.3", "3.4", "3.5", "4.0", "4.1", "4.2", "4.3"])
  })

  it("is undefined for other versions", () => {
    for (const version of ["3.2.4", "2.4.8", "4.4.0", "40.1", "4", "", "v4.0.1", "latest", "4.0 .1"]) {
      assert.isUndefined(profileOf(version), version)
    }
  })

  it("never loses a behaviour in a later version", () => {
    for (const [index, profile] of profiles.entries()) {
      const { minor: _, ...before } = profiles[index - 1] ?? profile
      for (const [name, was] of Object.entries(before)) {
        assert.isTrue(!was || profile[name as keyof typeof before], `${name} in ${profile.minor}`)
      }
    }
  })
})
