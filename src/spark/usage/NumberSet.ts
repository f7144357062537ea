/** Sets of whole numbers as text, in ranges: `0,3-7`. The executors of a run are numbered, so a thousand of them are a few characters. Pure. */

/** The numbers of a text that `formatNumbers` wrote; parts that are not numbers are left out. */
export const parseNumbers = (text: string | undefined): ReadonlySet<number> => {
  const numbers = new Set<number>()
  for (const part of (text ?? "").split(",")) {
    const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? []
    if (first === undefined) continue
    const end = Math.min(Number(last), Number(first) + longest)
    for (let number = Number(first); number <= end; number++) numbers.add(number)
  }
  return numbers
}

/** A range that is longer was not written here. */
const longest = 100_000

/** In ascending order; empty for none. */
export const formatNumbers = (numbers: Iterable<number>): string => {
  const ranges: Array<[first: number, last: number]> = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] + 1 >= number) range[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",")
}
