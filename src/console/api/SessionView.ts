/** Who looks at the page, and what it offers. */

export interface SessionView {
  readonly viewer: string
  /** False in local mode, which has no login page. */
  readonly canLogOut: boolean
  /** Whether there are buttons that change something. */
  readonly actions: boolean
  readonly version: string
}
