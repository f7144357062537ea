/** A repeatable stream of numbers in [0, 1), for tests of what holds for any input. */
export const randomNumbers = (seed: number) => {
  let state = seed * 7919 + 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
