/** Kubernetes' resource quantities (`500m`, `2`, `1Gi`): enough to refuse an invalid one and to compare a limit with a request. */

const factors: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["n", 1e-9],
  ["u", 1e-6],
  ["m", 1e-3],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["P", 1e15],
  ["E", 1e18],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
  ["Pi", 2 ** 50],
  ["Ei", 2 ** 60],
])

/** The value of a quantity as a number (cores, bytes); undefined when it is not a quantity. */
export const parseQuantity = (quantity: string): number | undefined => {
  const [, number, suffix = ""] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? []
  const factor = factors.get(suffix)
  return number === undefined || factor === undefined ? undefined : Number(number) * factor
}
