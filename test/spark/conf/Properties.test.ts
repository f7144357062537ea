import { assert, describe, it } from "@effect/vitest"
import { parseProperties, renderProperties } from "../../../src/spark/conf/Properties.ts"

const at = Date.UTC(2026, 8, 29, 11, 9, 38)
const lines = (entries: Readonly<Record<string, string>>) =>
  renderProperties(new Map(Object.entries(entries)), "comment", at)
    .split("\n")
    .slice(2)

describe("renderProperties", () => {
  it("begins with the comment and Java's date line in UTC", () => {
    assert.strictEqual(
      renderProperties(new Map([["a", "1"]]), "Java properties", at),
      "#Java properties\n#Tue Sep 29 11:09:38 UTC 2026\na=1\n",
    )
  })

  it("pads the day of the month", () => {
    assert.include(renderProperties(new Map(), "", Date.UTC(2027, 0, 2, 3, 4, 5)), "#Sat Jan 02 03:04:05 UTC 2027\n")
  })

  it("sorts by key, whatever the order of the entries", () => {
    assert.deepStrictEqual(lines({ b: "2", a: "1", "a.b": "3" }), ["a=1", "a.b=3", "b=2", ""])
  })

  it("escapes as java.util.Properties does", () => {
    assert.deepStrictEqual(lines({ "a key": "  two blanks " }), ["a\\ key=\\  two blanks ", ""])
    assert.deepStrictEqual(lines({ k: "local:///a=b#c!d" }), ["k=local\\:///a\\=b\\#c\\!d", ""])
    assert.deepStrictEqual(lines({ k: "a\\b\tc\nd\re\ff" }), ["k=a\\\\b\\tc\\nd\\re\\ff", ""])
  })

  it("leaves other characters as they are", () => {
    assert.deepStrictEqual(lines({ k: "é 日本 🚀" }), ["k=é 日本 🚀", ""])
  })
})

describe("parseProperties", () => {
  it("reads every rendered text back", () => {
    const values = [
      "",
      " ",
      "  x ",
      "=",
      ":a=b",
      "#!",
      "\\",
      "\\\\n",
      "a\nb\r\nc\td\f",
      "é日本🚀",
      "\\u0041",
      "trailing\\",
    ]
    const entries = new Map(values.map((value, index) => [`spark.${index} ${value}`, value]))
    assert.deepStrictEqual([...parseProperties(renderProperties(entries, "x", at))].sort(), [...entries].sort())
  })

  it("accepts =, : and blanks as separators", () => {
    const text = "a=1\nb: 2\nc 3\n  d\t=\t4\ne\nf = = \n"
    assert.deepStrictEqual(
      [...parseProperties(text)],
      [
        ["a", "1"],
        ["b", "2"],
        ["c", "3"],
        ["d", "4"],
        ["e", ""],
        ["f", "= "],
      ],
    )
  })

  it("skips comments and blank lines, and joins continued lines", () => {
    const text = "# comment \\\n! other\n\n  \na=one \\\n   two\\\\\nb=\\\n#3\r\nc=4"
    assert.deepStrictEqual(
      [...parseProperties(text)],
      [
        ["a", "one two\\"],
        ["b", "#3"],
        ["c", "4"],
      ],
    )
  })

  it("reads unicode escapes, and keeps malformed ones as they are", () => {
    assert.deepStrictEqual(
      [...parseProperties("a=\\u00e9\\u12\nb=\\z")],
      [
        ["a", "éu12"],
        ["b", "z"],
      ],
    )
  })

  it("lets the last of equal keys win", () => {
    assert.strictEqual(parseProperties("a=1\na=2").get("a"), "2")
  })
})
