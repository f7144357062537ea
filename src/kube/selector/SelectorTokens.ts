/** The words and signs of a label selector, one after the other (`apimachinery/pkg/labels`, `Lexer`). */

export interface Token {
  /** `word`: a key, a value, `in` or `notin`; `end`: nothing is left; else the sign itself. */
  readonly is: "word" | "end" | "operator" | "!" | "," | "(" | ")"
  readonly text: string
}

export interface Reader {
  /** The next token, which remains. */
  readonly look: () => Token
  readonly take: () => Token
}

const syntax = /[ \t\r\n]*(?:(==|!=|=|<|>)|([!,()])|([^=!(),<>\s]+))/y
const end: Token = { is: "end", text: "" }

/** Reads from the beginning. */
export const read = (source: string): Reader => {
  let position = 0
  const next = (): readonly [token: Token, end: number] => {
    syntax.lastIndex = position
    const [all, operator, sign, word] = syntax.exec(source) ?? []
    if (all === undefined) return [end, source.length]
    const token: Token =
      operator !== undefined
        ? { is: "operator", text: operator }
        : sign !== undefined
          ? { is: sign as "!" | "," | "(" | ")", text: sign }
          : { is: "word", text: word! }
    return [token, position + all.length]
  }
  return {
    look: () => next()[0],
    take: () => {
      const [token, after] = next()
      position = after
      return token
    },
  }
}
