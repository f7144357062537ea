/**
 * Where applications that history servers select write their event logs, for the kinds that submit them. Servers that are not valid or are
 * being deleted select nothing.
 */

import { Result } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { keyOf } from "../../runtime/Store.ts"
import {
  type EventLogTarget,
  type EventLogTargetFound,
  type EventLogTargetOf,
  noTarget,
} from "../../spark/history/EventLogTarget.ts"
import { urlFormatOf } from "../objects/Addresses.ts"
import { directoryUrl, mountPath } from "../objects/Directories.ts"
import { titleOf } from "../objects/Names.ts"
import { hadoopProperties } from "../objects/ServerConf.ts"
import { validate } from "../Validate.ts"
import { isSelected } from "./Selection.ts"

/** A server, and its targets for applications of its own namespace and of others. */
interface Provider {
  readonly server: SparkHistoryServer
  readonly generation: number | undefined
  readonly own: EventLogTargetFound
  readonly foreign: EventLogTargetFound
}

/** Claims and Secrets are there for applications of the server's namespace only. */
const targetOf = (server: SparkHistoryServer, isOwn: boolean): EventLogTarget => {
  const { logDirectories, hadoopConf, applications } = server.spec
  const directory = logDirectories[0]!
  const { claim, secretName } = directory
  return {
    source: titleOf(server),
    directory: directoryUrl(directory),
    alsoReads: logDirectories.slice(1).map(directoryUrl),
    conf: hadoopProperties({ ...hadoopConf, ...directory.hadoopConf }),
    claim:
      claim === undefined || !isOwn
        ? undefined
        : { claimName: claim.claimName, mountPath: mountPath(directory), subPath: claim.subPath },
    envFrom: secretName === undefined || !isOwn ? [] : [secretName],
    inject: applications?.inject ?? true,
    urlFormat: urlFormatOf(server),
  }
}

/** Undefined for a server that selects nothing. */
const providerOf = (server: SparkHistoryServer): Provider | undefined =>
  server.spec?.applications === undefined ||
  server.metadata.deletionTimestamp !== undefined ||
  Result.isFailure(validate(server))
    ? undefined
    : {
        server,
        generation: server.metadata.generation,
        own: { target: targetOf(server, true), conflict: undefined },
        foreign: { target: targetOf(server, false), conflict: undefined },
      }

export interface Providers {
  readonly targetOf: EventLogTargetOf
  /** The other servers that select applications. */
  readonly others: (server: SparkHistoryServer) => ReadonlyArray<SparkHistoryServer>
}

/** `servers`: those that exist now. What is made from a server is kept until its spec changes. */
export const make = (servers: () => Iterable<SparkHistoryServer>): Providers => {
  const known = new Map<string, { readonly version: string; readonly provider: Provider | undefined }>()
  const conflicts = new Map<string, EventLogTargetFound>()

  const current = (): ReadonlyArray<Provider> => {
    const present = new Set<string>()
    const all = Array.from(servers()).flatMap((server) => {
      const { uid, generation, deletionTimestamp } = server.metadata
      const key = keyOf(server)
      const version = `${uid} ${generation} ${deletionTimestamp ?? ""}`
      present.add(key)
      const before = known.get(key)
      const provider = before?.version === version ? before.provider : providerOf(server)
      known.set(key, { version, provider })
      return provider ?? []
    })
    for (const key of known.keys()) if (!present.has(key)) known.delete(key)
    return all
  }

  const conflictOf = (selecting: ReadonlyArray<Provider>): EventLogTargetFound => {
    const titles = selecting.map(({ server }) => titleOf(server)).sort()
    const conflict = `the application is selected by ${titles.join(" and by ")}, so it gets neither event log nor link from them; change spec.applications of all but one of them so that only one selects it`
    const found = conflicts.get(conflict) ?? { target: undefined, conflict }
    conflicts.set(conflict, found)
    return found
  }

  return {
    targetOf: (selectable) => {
      const selecting = current().filter(({ server }) => isSelected(server, selectable))
      const [only] = selecting
      if (only === undefined) return noTarget
      if (selecting.length > 1) return conflictOf(selecting)
      return selectable.namespace === only.server.metadata.namespace ? only.own : only.foreign
    },
    others: (server) =>
      current()
        .map((provider) => provider.server)
        .filter(({ metadata }) => metadata.uid !== server.metadata.uid),
  }
}
