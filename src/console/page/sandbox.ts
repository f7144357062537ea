/**
 * For the pages of a driver, which run in a sandbox without storage of its own: a storage in memory, because Spark's scripts remember there what
 * is folded, and fail without one.
 */

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
