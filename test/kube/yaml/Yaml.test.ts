import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { readYaml } from "../../../src/kube/yaml/Yaml.ts"

/** The values of all documents; a mistake is a text that names its line. */
const read = (text: string) =>
  readYaml(text).flatMap(({ content }) =>
    Result.match(content, {
      onFailure: ({ line, message }): ReadonlyArray<unknown> => [`line ${line}: ${message}`],
      onSuccess: (value) => (value === null ? [] : [value]),
    }),
  )

const warnings = (text: string) =>
  readYaml(text).flatMap((document) => document.warnings.map(({ line, message }) => `line ${line}: ${message}`))

/** What `NewYAMLOrJSONDecoder` of k8s.io/apimachinery 0.36.3 (sigs.k8s.io/yaml 1.6.0) makes of each scalar; other texts stay strings. */
const scalars: ReadonlyArray<readonly [text: string, value: unknown]> = [
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"].map((text) => [text, true] as const),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"].map((text) => [text, false] as const),
  ...["", "~", "null", "Null", "NULL", "!!null ~"].map((text) => [text, null] as const),
  ["0400", 256],
  ["-0400", -256],
  ["0o17", 15],
  ["0777_7", 4095],
  ["0x1F", 31],
  ["-0x1f", -31],
  ["0b101", 5],
  ["-0b11", -3],
  ["08", 8],
  ["0800", 800],
  ["1_000", 1000],
  ["1_000.5", 1000.5],
  ["010.5", 10.5],
  ["1e3", 1000],
  ["1.", 1],
  [".5", 0.5],
  [".1_0", 0.1],
  ["+12", 12],
  ["-0", 0],
  ["18446744073709551615", 2 ** 64],
  ["07777777777777777777777777", Number("7777777777777777777777777")],
  ["!!str yes", "yes"],
  ["!!str 0400", "0400"],
  ["!!float 3", 3],
  ['!!int "3"', 3],
  ["!!bool on", true],
  ["!!binary aGVsbG8=", "hello"],
  ["!custom 3", "3"],
  ["'yes'", "yes"],
  ['"0400"', "0400"],
  ...[
    ["yEs", "oN", "tRue", "nUll", "1e400", "0xFFFFFFFFFFFFFFFFF", "0xg", "0b12", "._5", "1.2.3", "1g", "."],
    // Dates and base 60, which other readers of YAML 1.1 convert.
    ["2001-01-01", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43", "190:20:30", "1:30", "20:30:45.5"],
  ].flatMap((texts) => texts.map((text) => [text, text] as const)),
]

describe("Yaml", () => {
  it("scalars have the same meaning as in kubectl, as value, item and key", () => {
    for (const [text, value] of scalars) {
      assert.deepStrictEqual(read(`a: ${text}\n`), [{ a: value }], text)
      assert.deepStrictEqual(read(`{x: [${text === "" ? "~" : text}, z]}`), [{ x: [value, "z"] }], text)
      if (value !== null && Math.abs(Number(value)) < 2 ** 53) {
        assert.deepStrictEqual(read(`${text}: v`), [{ [String(value)]: "v" }], text)
      }
    }
  })

  it("merge keys are merged in place", () => {
    const base = "b: &b {x: 1, q: 2}\nd: &d {x: 3, z: 4}\n"
    const c = (merging: string) => (read(base + merging)[0] as { readonly c: unknown }).c
    assert.deepStrictEqual(c("c: {<<: *b, q: 5}"), { x: 1, q: 5 })
    assert.deepStrictEqual(c("c: {<<: [*b, *d]}"), { x: 1, q: 2, z: 4 })
    assert.deepStrictEqual(c("c: {<<: *b, <<: *d}"), { x: 3, q: 2, z: 4 })
    assert.deepStrictEqual(c("c: {'<<': *b}"), { "<<": { x: 1, q: 2 } })
    assert.deepStrictEqual(c("c: {!!merge <<: {k: 1}}"), { k: 1 })
    // Against the specification, but so does kubectl.
    assert.deepStrictEqual(c("c: {q: 5, <<: *b}"), { x: 1, q: 2 })
    assert.deepStrictEqual(warnings(`${base}c:\n  q: 5\n  <<: *b\n`), [
      'line 5: "q" is replaced by the value that << merges, as kubectl reads it; put << first',
    ])
    assert.deepStrictEqual(read("b: 3\nc:\n  <<: 3\n"), [
      "line 3: the value of the merge key << must be a mapping or a list of mappings",
    ])
  })

  it("the last of equal keys counts, with a warning that names the line", () => {
    const text = "# comment\na: 1\n---\nx:\n  k: 1\n  l: 2\n  k: 3\n  'l': 4\nx2: {t: 1, true: 2, yes: 3}\n"
    assert.deepStrictEqual(read(text), [{ a: 1 }, { x: { k: 3, l: 4 }, x2: { t: 1, true: 3 } }])
    assert.deepStrictEqual(warnings(text), [
      'line 7: "k" is given again; the last value is used, as kubectl does',
      'line 8: "l" is given again; the last value is used, as kubectl does',
      'line 9: "true" is given again; the last value is used, as kubectl does',
    ])
    assert.strictEqual(warnings('{\n  "a": 1,\n  "a": 2\n}').length, 1)
  })

  it("aliases are replaced by what they name", () => {
    assert.deepStrictEqual(read("a: &a [1]\nb: *a\nc: &a 5\nd: *a"), [{ a: [1], b: [1], c: 5, d: 5 }])
    assert.deepStrictEqual(read("b: 1\na: *x"), ["line 2: the anchor x does not exist"])
    assert.deepStrictEqual(read("a: &a\n  - *a"), ["line 2: the anchor a contains itself"])
    const bomb = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`).join("\n")
    assert.match(String(read(`l0: &l0 x\n${bomb}`)[0]), /^line 1: the aliases expand/)
  })

  it("keys become strings; those that cannot are a mistake", () => {
    assert.deepStrictEqual(read("1: a\n1.5: b\n__proto__: c"), [{ "1": "a", "1.5": "b", ["__proto__"]: "c" }])
    assert.deepStrictEqual(read("a: 1\n~: x"), ["line 2: a key is null; it must be a text"])
    assert.deepStrictEqual(read("? [a]\n: x"), ["line 1: a key is a list or a mapping; it must be a text"])
    assert.deepStrictEqual(read("a: .inf"), ["line 1: .inf is not a number of JSON"])
    assert.deepStrictEqual(read("a: !!int x"), ["line 1: x is not a !!int"])
  })

  it("documents are separated as kubectl separates them", () => {
    assert.deepStrictEqual(read("# c\n---\na: 1\n--- # next\n---\nb: 2\r\n---\r\nc: no\r\n---\n"), [
      { a: 1 },
      { b: 2 },
      { c: false },
    ])
    assert.deepStrictEqual(read('{"a": 1}\n{"b": "}{\\""}\n\n{"c":3}'), [{ a: 1 }, { b: '}{"' }, { c: 3 }])
    assert.deepStrictEqual(read('{\n\t"a": [\n\t\t1e3\n\t]\n}'), [{ a: [1000] }])
    assert.match(String(read("a: 1\n--- {b: 2}\n")[1]), /^line 2: invalid document separator/)
    assert.deepStrictEqual(read("a: 1\n...\nb: 2\n"), [{ a: 1 }])
    assert.match(warnings("a: 1\n...\nb: 2\n").join(), /^line [23]: what follows the end of the document is ignored/)
    assert.deepStrictEqual(read("# nothing\n"), [])
  })

  it("a mistake is reported with its line in the whole text", () => {
    assert.match(String(read("a: 1\n---\nb: 2\nc: [1\nd: 3\n")[1]), /^line [45]: /)
    assert.match(String(read("a: 1\n---\nb: c: d\n")[1]), /^line 3: /)
  })
})
