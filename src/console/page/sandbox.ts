/**
 * For the pages of a driver. They run in a sandbox without storage of its own, so they get one in memory: Spark's scripts remember there what is
 * folded, and fail without one. And they are below a path that some scripts of Spark 4.1 and later do not know, which load files of Spark's by
 * absolute paths: for the download of a query plan, and for flame graphs of executors.
 */

/** Path of the UI, without a slash at the end. */
const base = /^\/ui\/[^/]+/.exec(location.pathname)?.[0] ?? ""

const below = (path: string) => (/^\/(?!\/)/.test(path) && !path.startsWith(`${base}/`) ? base + path : path)

const { fetch: fetchOf } = window
window.fetch = (input, options) => fetchOf(typeof input === "string" ? below(input) : input, options)

/** Addresses that a script sets get the path in front, too. */
const rebase = (prototype: object, name: string) => {
  const { set, ...rest } = Object.getOwnPropertyDescriptor(prototype, name)!
  Object.defineProperty(prototype, name, {
    ...rest,
    set(this: object, value: unknown) {
      set!.call(this, below(String(value)))
    },
  })
}
rebase(HTMLScriptElement.prototype, "src")
rebase(HTMLLinkElement.prototype, "href")

const storage = (): Storage => {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(String(key)) ?? null,
    setItem: (key, value) => void items.set(String(key), String(value)),
    removeItem: (key) => void items.delete(String(key)),
    clear: () => items.clear(),
    key: (index) => [...items.keys()][index] ?? null,
    get length() {
      return items.size
    },
  }
}

for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { value: storage(), configurable: true })
}
