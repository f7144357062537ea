/** The path of the page: links change it without loading the page again, and everything that shows it follows. */

import { useEffect, useState } from "preact/hooks"

export interface Place {
  /** Decoded segments: `["applications", "default", "spark-pi"]`. */
  readonly segments: ReadonlyArray<string>
  readonly query: URLSearchParams
}

const changed = "firesteel:place"

const current = (): Place => ({
  segments: location.pathname
    .split("/")
    .filter((segment) => segment !== "")
    .map(decodeURIComponent),
  query: new URLSearchParams(location.search),
})

/** Goes to another page; the focus moves to its heading, so that a screen reader reads it. */
export const navigate = (to: string): void => {
  history.pushState(undefined, "", to)
  dispatchEvent(new Event(changed))
  scrollTo(0, 0)
  requestAnimationFrame(() => document.querySelector<HTMLElement>("h1")?.focus())
}

/** Other parameters of the same page; empty ones are left out. */
export const setQuery = (parameters: Readonly<Record<string, string>>): void => {
  const query = new URLSearchParams(location.search)
  for (const [key, value] of Object.entries(parameters)) {
    if (value === "") query.delete(key)
    else query.set(key, value)
  }
  history.replaceState(undefined, "", query.size === 0 ? location.pathname : `${location.pathname}?${query}`)
  dispatchEvent(new Event(changed))
}

export const usePlace = (): Place => {
  const [place, setPlace] = useState(current)
  useEffect(() => {
    const update = () => setPlace(current())
    addEventListener("popstate", update)
    addEventListener(changed, update)
    return () => {
      removeEventListener("popstate", update)
      removeEventListener(changed, update)
    }
  }, [])
  return place
}

export const pathTo = (kind: string, { namespace, name }: { namespace: string; name: string }): string =>
  `/${kind}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`
