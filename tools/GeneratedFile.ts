/** A file of the repository that is made from code; `npm run generate` writes it, and a test compares it. */

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string
  readonly content: string
}
