/**
 * Keys to the UI of one application: a path with an unguessable part, which opens this UI without a login, with the rights of the viewer who
 * asked for it. The pages of a driver run in a sandbox that gets no cookies (`SecurityHeaders`), so their requests bring nothing else.
 */

import { randomBytes } from "node:crypto"
import { Clock, Effect } from "effect"
import type { Key } from "../../runtime/Store.ts"
import type { Viewer } from "../access/Viewer.ts"

export interface Capability {
  readonly viewer: Viewer
  /** Of the application. */
  readonly key: Key
  /** Its uid: another one of this name is not opened. */
  readonly uid: string
  /** Authenticates the viewer again; false: the token has expired or was revoked. */
  readonly isValid: Effect.Effect<boolean>
}

export interface Capabilities {
  /** The part of a path that opens it. */
  readonly grant: (capability: Capability) => Effect.Effect<string>
  readonly find: (id: string) => Effect.Effect<Capability | undefined>
}

/** Without a request for this time, a key is forgotten. */
const idleMillis = 3_600_000
const longestMillis = 12 * 3_600_000
const capacity = 1000

interface Granted {
  readonly capability: Capability
  readonly grantedAt: number
  usedAt: number
}

export const make = (): Capabilities => {
  const granted = new Map<string, Granted>()
  const isOver = ({ grantedAt, usedAt }: Granted, now: number) =>
    now - usedAt > idleMillis || now - grantedAt > longestMillis
  return {
    grant: (capability) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        for (const [id, it] of granted) if (isOver(it, now)) granted.delete(id)
        const [oldest] = granted.keys()
        if (granted.size >= capacity && oldest !== undefined) granted.delete(oldest)
        const id = randomBytes(24).toString("base64url")
        granted.set(id, { capability, grantedAt: now, usedAt: now })
        return id
      }),
    find: (id) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const found = granted.get(id)
        if (found === undefined || isOver(found, now)) {
          granted.delete(id)
          return undefined
        }
        found.usedAt = now
        // The one that was used last is forgotten last.
        granted.delete(id)
        granted.set(id, found)
        return found.capability
      }),
  }
}
