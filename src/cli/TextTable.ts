/** Tables as text: columns as wide as their content. Pure: rows and a width in, lines out. */

import { type Paint, cut, fit, paint } from "./Paint.ts"

export interface TableStyle {
  readonly width: number
  readonly colors: boolean
}

export interface Cell {
  readonly text: string
  readonly color?: Paint
}

/**
 * Columns as wide as their widest cell, two spaces apart; the last one takes the rest of the width. No line is longer than `width`:
 * a narrow window cuts the right side.
 */
export const table = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
  style: TableStyle,
): ReadonlyArray<string> => {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.text.length ?? 0)),
  )
  const line = (cells: ReadonlyArray<Cell>): string => {
    let left = style.width
    return cells
      .map((cell, column) => {
        const last = column === cells.length - 1
        const wanted = last ? left : Math.min(widths[column]!, left)
        const text = last ? cut(cell.text, Math.max(0, wanted)) : fit(cell.text, Math.max(0, wanted))
        const gap = last ? "" : "  ".slice(0, Math.max(0, left - wanted))
        left -= text.length + gap.length
        return (cell.color === undefined ? text : paint(cell.color, text, style.colors)) + gap
      })
      .join("")
      .trimEnd()
  }
  return [line(header.map((text) => ({ text, color: "bold" }))), ...rows.map(line)]
}
