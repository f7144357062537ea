/**
 * The operator's ConfigMap of prices (`--cost-prices`): what an hour of a CPU core, a GiB of memory and a GPU costs, in general and on nodes
 * with certain labels. A key with an invalid value keeps its last valid one. Pure.
 */

import { Predicate, Result } from "effect"
import type { Problem } from "../../api/Problem.ts"
import { readYaml } from "../../kube/yaml/Yaml.ts"
import type { Price } from "./Amounts.ts"

const amounts = ["cpuCoreHour", "memoryGibHour", "gpuHour"] as const
type AmountKey = (typeof amounts)[number]
type Amounts = Partial<Readonly<Record<AmountKey, number>>>

export interface NodePrices extends Amounts {
  /** All of them must be those of the node. */
  readonly labels: Readonly<Record<string, string>>
}

export interface Prices extends Amounts {
  /** A name such as EUR. Undefined: nothing has a price. */
  readonly currency: string | undefined
  /** The first whose labels a node has applies to it, for the amounts that it names. */
  readonly nodes: ReadonlyArray<NodePrices>
}

export const noPrices: Prices = { currency: undefined, nodes: [] }

/** The price on a node with these labels; undefined if there are no prices. */
export const priceOn = (prices: Prices, labels: Readonly<Record<string, string>>): Price | undefined => {
  const { currency } = prices
  if (currency === undefined) return undefined
  const ofNode = prices.nodes.find((one) => Object.entries(one.labels).every(([key, value]) => labels[key] === value))
  const price = (key: AmountKey) => ofNode?.[key] ?? prices[key] ?? 0
  return {
    currency,
    cpuCoreHour: price("cpuCoreHour"),
    memoryGibHour: price("memoryGibHour"),
    gpuHour: price("gpuHour"),
  }
}

const example = `use a number that is not negative, such as "0.031"`

/** A decimal number, as text or as YAML has it. */
const amountOf = (value: unknown): number | undefined => {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : ""
  return /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
}

interface Read<A> {
  readonly value: A | undefined
  readonly problems: ReadonlyArray<Problem>
}

const problem = (field: string, message: string): { readonly value: undefined; readonly problems: Array<Problem> } => ({
  value: undefined,
  problems: [{ field, message }],
})

const readAmount = (field: string, value: unknown): Read<number> => {
  const amount = amountOf(value)
  return amount === undefined
    ? problem(field, `${JSON.stringify(value)} is not a price; ${example}`)
    : { value: amount, problems: [] }
}

const readCurrency = (field: string, text: string): Read<string> =>
  /^[A-Za-z][A-Za-z0-9_-]{0,15}$/.test(text.trim())
    ? { value: text.trim(), problems: [] }
    : problem(field, `${JSON.stringify(text)} is not a currency; use its code, such as EUR`)

const readNode = (field: string, entry: unknown): Read<NodePrices> => {
  if (!Predicate.isObject(entry) || Array.isArray(entry)) {
    return problem(field, "is not an object; use labels and prices, such as {labels: {pool: spot}, cpuCoreHour: 0.01}")
  }
  const { labels, ...rest } = entry as Record<string, unknown>
  const pairs = Predicate.isObject(labels) && !Array.isArray(labels) ? Object.entries(labels) : []
  const problems: Array<Problem> = []
  if (pairs.length === 0)
    problems.push({ field: `${field}.labels`, message: "names no label of a node; use key: value" })
  const read: Record<string, number> = {}
  for (const [key, value] of Object.entries(rest)) {
    if (!amounts.some((name) => name === key)) {
      problems.push({ field: `${field}.${key}`, message: `is not a price; use ${amounts.join(", ")}` })
      continue
    }
    const amount = readAmount(`${field}.${key}`, value)
    problems.push(...amount.problems)
    if (amount.value !== undefined) read[key] = amount.value
  }
  if (problems.length > 0) return { value: undefined, problems }
  return { value: { labels: Object.fromEntries(pairs.map(([key, value]) => [key, String(value)])), ...read }, problems }
}

const readNodes = (field: string, text: string): Read<ReadonlyArray<NodePrices>> => {
  const [document, more] = readYaml(text)
  if (more !== undefined) return problem(field, "is not valid YAML: it has more than one document")
  const content = document?.content ?? Result.succeed(null)
  if (Result.isFailure(content)) {
    return problem(field, `is not valid YAML: line ${content.failure.line}: ${content.failure.message}`)
  }
  const list = content.success ?? []
  if (!Array.isArray(list)) return problem(field, "is not a list; use one entry for each kind of node")
  const read = list.map((entry, index) => readNode(`${field}[${index}]`, entry))
  const problems = read.flatMap((one) => one.problems)
  return problems.length > 0
    ? { value: undefined, problems }
    : { value: read.flatMap(({ value }) => value ?? []), problems }
}

/** The prices from the content of the ConfigMap, and from `before` for what is invalid. Problems have fields such as `data["gpuHour"]`. */
export const readPrices = (
  data: Readonly<Record<string, string>>,
  before: Prices = noPrices,
): { readonly value: Prices; readonly problems: ReadonlyArray<Problem> } => {
  const problems: Array<Problem> = []
  const valueOf = <A>(key: string, read: (field: string, text: string) => Read<A>, last: A | undefined) => {
    const text = data[key]
    if (text === undefined) return undefined
    const { value, problems: found } = read(`data[${JSON.stringify(key)}]`, text)
    problems.push(...found)
    return found.length === 0 ? value : last
  }
  const prices = Object.fromEntries(
    amounts.flatMap((key) => {
      const amount = valueOf(key, readAmount, before[key])
      return amount === undefined ? [] : [[key, amount]]
    }),
  )
  const currency = valueOf("currency", readCurrency, before.currency)
  const nodes = valueOf("nodes", readNodes, before.nodes) ?? []
  const known: ReadonlyArray<string> = [...amounts, "currency", "nodes"]
  for (const key of Object.keys(data)) {
    if (known.includes(key)) continue
    problems.push({ field: `data[${JSON.stringify(key)}]`, message: `is not a price; use ${known.join(", ")}` })
  }
  if (data["currency"] === undefined && Object.keys(data).length > 0) {
    problems.push({
      field: `data["currency"]`,
      message: "is missing, so nothing has a price; use its code, such as EUR",
    })
  }
  return { value: { ...prices, currency, nodes }, problems }
}
