/** Data of the server as hooks: read once, and again when it has changed. */

import { useEffect, useRef, useState } from "preact/hooks"
import type { Unchecked } from "../api/Unchecked.ts"
import { type Kind, onChange } from "./Live.ts"

export class RequestFailed extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const messageOf = async (response: Response): Promise<string> => {
  try {
    return ((await response.json()) as { message?: string }).message ?? `The server answers ${response.status}`
  } catch {
    return `The server answers ${response.status}`
  }
}

const request = async (path: string, options: RequestInit): Promise<unknown> => {
  const response = await fetch(path, { ...options, headers: { Accept: "application/json" } })
  if (response.status === 401) location.assign("/login")
  if (!response.ok) throw new RequestFailed(response.status, await messageOf(response))
  return response.json()
}

export const getJson = (path: string, signal?: AbortSignal): Promise<unknown> =>
  request(path, signal === undefined ? {} : { signal })
export const post = (path: string): Promise<unknown> => request(path, { method: "POST" })

export interface Loaded<A> {
  readonly data: A | undefined
  readonly problem: string | undefined
  readonly reload: () => void
}

export interface LiveOptions {
  readonly kinds: ReadonlyArray<Kind>
  readonly key?: string
}

/** Milliseconds between two requests of one part of the page. */
const pause = 1200
/** Milliseconds until a list is read again that is not complete. */
const uncheckedPause = 5000

/** The answer to a GET; the last one stays until the next arrives. */
export const useData = <A>(path: string | undefined, live?: LiveOptions): Loaded<A> => {
  const [loaded, setLoaded] = useState<{ path: string | undefined; data?: A; problem?: string }>({ path })
  const again = useRef<() => void>(() => {})
  const { kinds, key } = live ?? { kinds: [], key: undefined }
  const concern = kinds.join(",")

  useEffect(() => {
    if (path === undefined) return
    const abort = new AbortController()
    let busy = false
    let wanted = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const load = async (): Promise<void> => {
      if (busy) {
        wanted = true
        return
      }
      busy = true
      try {
        const data = (await getJson(path, abort.signal)) as A
        setLoaded({ path, data })
        clearTimeout(timer)
        if (((data as Partial<Unchecked>).unchecked ?? 0) > 0) timer = setTimeout(() => void load(), uncheckedPause)
      } catch (error) {
        if (abort.signal.aborted) return
        setLoaded(({ data }) => ({ path, ...(data === undefined ? {} : { data }), problem: (error as Error).message }))
      }
      await new Promise((resolve) => setTimeout(resolve, pause))
      busy = false
      if (wanted && !abort.signal.aborted) {
        wanted = false
        await load()
      }
    }
    again.current = () => void load()
    void load()
    const end = concern === "" ? () => {} : onChange(kinds, key, () => void load())
    return () => {
      abort.abort()
      clearTimeout(timer)
      end()
    }
  }, [path, concern, key])

  return { data: loaded.data, problem: loaded.problem, reload: () => again.current() }
}

/** The time, every second, for everything that counts it. */
export const useNow = (): number => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
