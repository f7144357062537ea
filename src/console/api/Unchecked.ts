/** What a list says if it may not be complete. */

export interface Unchecked {
  /** Namespaces whose objects may follow: the rights of the viewer in them have not been reviewed yet. */
  readonly unchecked: number
}
