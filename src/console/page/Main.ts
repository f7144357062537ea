/** The page of the console: navigation, and the part that the path says. */

import { render } from "preact"
import { useEffect, useState } from "preact/hooks"
import type { SessionView } from "../api/SessionView.ts"
import { ApplicationPage } from "./ApplicationPage.ts"
import { ApplicationsPage } from "./ApplicationsPage.ts"
import { ConnectPage, ConnectsPage } from "./ConnectsPage.ts"
import { useData } from "./Data.ts"
import { Loading } from "./Detail.ts"
import { FleetPage } from "./FleetPage.ts"
import { Empty, h, Link } from "./Html.ts"
import { connect, onStatus } from "./Live.ts"
import { usePlace } from "./Router.ts"
import { SchedulePage, SchedulesPage } from "./SchedulesPage.ts"
import { SessionProvider } from "./Session.ts"

const sections = [
  ["", "Fleet", "/"],
  ["applications", "Applications", "/applications"],
  ["schedules", "Schedules", "/schedules"],
  ["connects", "Connect servers", "/connects"],
] as const

const contentOf = ([kind = "", namespace, name]: ReadonlyArray<string>) => {
  const one =
    namespace !== undefined && name !== undefined ? { namespace, name, key: `${namespace}/${name}` } : undefined
  switch (kind) {
    case "":
      return h(FleetPage, null)
    case "applications":
      return one === undefined ? h(ApplicationsPage, null) : h(ApplicationPage, one)
    case "schedules":
      return one === undefined ? h(SchedulesPage, null) : h(SchedulePage, one)
    case "connects":
      return one === undefined ? h(ConnectsPage, null) : h(ConnectPage, one)
    default:
      return h(Empty, null, "This page does not exist.")
  }
}

const LiveStatus = () => {
  const [isLive, setLive] = useState(false)
  useEffect(() => onStatus(setLive), [])
  return h(
    "span",
    { class: isLive ? "live" : "live lost", role: "status" },
    h("span", { class: "dot", "aria-hidden": "true" }),
    isLive ? "live" : "connecting",
  )
}

const Page = () => {
  const { segments } = usePlace()
  const { data: session } = useData<SessionView>("/api/session")
  const [kind = "", namespace, name] = segments
  const title = name ?? sections.find(([key]) => key === kind)?.[1] ?? "Not found"
  useEffect(() => {
    document.title = `${namespace === undefined ? title : `${namespace}/${title}`} - Firesteel`
  }, [title, namespace])
  if (session === undefined) return h(Loading, { problem: undefined })
  return h(
    SessionProvider,
    { value: session },
    h("a", { class: "skip", href: "#content" }, "Skip to content"),
    h(
      "header",
      { class: "top" },
      h(Link, { to: "/", class: "brand" }, "Firesteel"),
      h(
        "nav",
        { "aria-label": "Pages of the console" },
        sections.map(([key, label, to]) =>
          h(
            "span",
            { key, class: key === kind ? "current" : "", ...(key === kind ? { "aria-current": "page" as const } : {}) },
            h(Link, { to }, label),
          ),
        ),
      ),
      h(LiveStatus, null),
      h("span", { class: "viewer" }, session.viewer),
      session.canLogOut &&
        h("form", { method: "post", action: "/logout" }, h("button", { type: "submit", class: "small" }, "Log out")),
    ),
    h("main", { id: "content" }, h("h1", { tabIndex: -1 }, title), contentOf(segments)),
    h("footer", null, `Firesteel ${session.version}`),
  )
}

connect()
render(h(Page, null), document.getElementById("console")!)
