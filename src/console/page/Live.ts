/** Changes as the server reports them: one connection for all parts of the page, which ask again for what they show. */

export type Kind = "applications" | "schedules" | "connects" | "historyServers"
type Changes = Partial<Record<Kind, ReadonlyArray<string> | "*">>
type Listener = (changes: Changes) => void

const listeners = new Set<Listener>()
const statusListeners = new Set<(isLive: boolean) => void>()
let isLive = false

const setLive = (next: boolean) => {
  isLive = next
  for (const listener of statusListeners) listener(next)
}

const everything: Changes = { applications: "*", schedules: "*", connects: "*", historyServers: "*" }

/** Connects once; the browser connects again by itself. */
export const connect = (): void => {
  const source = new EventSource("/api/changes")
  source.addEventListener("change", (event) => {
    const changes = JSON.parse(event.data as string) as Changes
    for (const listener of listeners) listener(changes)
  })
  source.addEventListener("open", () => {
    // What changed while there was no connection is not known.
    if (!isLive) for (const listener of listeners) listener(everything)
    setLive(true)
  })
  source.addEventListener("error", () => {
    setLive(false)
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000)
  })
}

/** Calls `changed` when a resource of these kinds changes, or only the one of this key. Returns what ends it. */
export const onChange = (kinds: ReadonlyArray<Kind>, key: string | undefined, changed: () => void): (() => void) => {
  const listener: Listener = (changes) => {
    const concerns = kinds.some((kind) => {
      const keys = changes[kind]
      return keys !== undefined && (key === undefined || keys === "*" || keys.includes(key))
    })
    if (concerns) changed()
  }
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const onStatus = (listener: (isLive: boolean) => void): (() => void) => {
  statusListeners.add(listener)
  listener(isLive)
  return () => statusListeners.delete(listener)
}
