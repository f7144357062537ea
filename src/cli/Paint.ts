/** Terminal colours, and text that has to fit into columns. */

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 }
export type Paint = keyof typeof codes

/** Colours `text`, or leaves it as it is when `colors` is off. */
export const paint = (color: Paint, text: string, colors: boolean): string =>
  colors && text !== "" ? `\u001B[${codes[color]}m${text}\u001B[0m` : text

/** Exactly `width` characters: padded with spaces, or cut with an ellipsis. `text` must not be coloured yet. */
export const fit = (text: string, width: number): string => cut(text, width).padEnd(width)

/** At most `width` characters; longer text is cut and ends in an ellipsis. Line breaks become spaces. */
export const cut = (text: string, width: number): string => {
  const line = text.replace(/\s*\n\s*/g, " ")
  return line.length <= width ? line : width < 1 ? "" : `${line.slice(0, width - 1).trimEnd()}…`
}
