/**
 * The pages of the Spark UI of a local driver, in the shape of Spark's: absolute links below `X-Forwarded-Context`, a redirect from the root
 * that names the host and does not follow that header, a style sheet and a script. Pure.
 */

import type { ProxyAnswer } from "../apiserver/PodBackend.ts"

export interface UiFacts {
  /** The path in front of all links; empty: none. */
  readonly base: string
  /** The header `Host` of the request, which is what the driver takes for its name. */
  readonly host: string
  readonly application: string
  readonly jobs: ReadonlyArray<{
    readonly jobId: number
    readonly status: string
    readonly numCompletedTasks: number
    readonly numTasks: number
  }>
  readonly executors: ReadonlyArray<{ readonly id: string }>
}

const styles =
  "body{font-family:sans-serif;margin:1rem}nav a{margin-right:1rem}td,th{padding:.2rem .8rem;text-align:left}"
/** It uses a browser as Spark's scripts do: jQuery adds this header, and what is folded is kept in the storage. */
const script = `{
  localStorage.setItem("collapse", "true")
  const { dataset } = document.documentElement
  dataset.uiRoot = uiRoot
  const request = new XMLHttpRequest()
  request.open("GET", uiRoot + "/api/v1/applications")
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest")
  request.onload = () => (dataset.application = JSON.parse(request.responseText)[0].id)
  request.send()
}
`

const answer = (contentType: string, text: string): ProxyAnswer => ({
  status: 200,
  headers: { "content-type": contentType },
  text,
})

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) => {
  const row = (cells: ReadonlyArray<string>, tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`
  return `<table>${row(head, "th")}${rows.map((cells) => row(cells, "td")).join("")}</table>`
}

const html = ({ base, application }: UiFacts, title: string, body: string) =>
  answer(
    "text/html;charset=utf-8",
    `<!DOCTYPE html><html><head>
<link rel="stylesheet" href="${base}/static/webui.css" type="text/css"/>
<script>var uiRoot = '${base}'</script><script src="${base}/static/webui.js"></script>
<title>${escaped(application)} - ${title}</title></head><body>
<nav><a href="${base}/jobs/">Jobs</a><a href="${base}/stages/">Stages</a><a href="${base}/executors/">Executors</a></nav>
<h3>${title}</h3>${body}</body></html>`,
  )

/** The answer to a GET of this path; undefined: the page does not exist. */
export const page = (path: string, facts: UiFacts): ProxyAnswer | undefined => {
  const { jobs, executors } = facts
  switch (path) {
    case "":
    case "/":
      return { status: 302, headers: { location: `http://${facts.host}/jobs/` }, text: "" }
    case "/jobs/":
      return html(
        facts,
        "Spark Jobs",
        table(
          ["Job", "Status", "Tasks"],
          jobs.map((job) => [`${job.jobId}`, job.status, `${job.numCompletedTasks}/${job.numTasks}`]),
        ),
      )
    case "/stages/":
      return html(
        facts,
        "Stages for All Jobs",
        table(
          ["Stage"],
          jobs.map(({ jobId }) => [`${jobId}`]),
        ),
      )
    case "/executors/":
      return html(
        facts,
        "Executors",
        table(
          ["Executor"],
          executors.map(({ id }) => [id]),
        ),
      )
    case "/static/webui.css":
      return answer("text/css", styles)
    case "/static/webui.js":
      return answer("text/javascript", script)
    default:
      return undefined
  }
}
