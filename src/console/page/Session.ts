/** Who looks at the page, for all parts of it. */

import { createContext } from "preact"
import { useContext } from "preact/hooks"
import type { SessionView } from "../api/SessionView.ts"

const Session = createContext<SessionView>({ viewer: "", canLogOut: false, actions: false, version: "" })

export const SessionProvider = Session.Provider
export const useSession = (): SessionView => useContext(Session)
