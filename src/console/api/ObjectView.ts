/** An object of the API as it is shown: YAML without its secrets. */

export interface ObjectView {
  readonly title: string
  readonly yaml: string
}
