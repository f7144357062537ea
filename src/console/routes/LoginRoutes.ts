/** The login form: a token that the API server knows is kept in a cookie. It needs no script. */

import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { isToken, longestToken, setCookie } from "../access/Session.ts"
import type { Tokens } from "../access/Tokens.ts"
import { type ConsoleRoute, forAll, redirect } from "../http/Exchange.ts"
import { Refused } from "../http/Refused.ts"

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const page = (problem: string | undefined, status = 200) =>
  HttpServerResponse.text(
    `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in - Firesteel</title>
<link rel="stylesheet" href="/assets/console.css">
</head>
<body>
<main class="login">
<h1>Firesteel</h1>
<p>Log in with a bearer token of this cluster. What you see is what its user may see.</p>
${problem === undefined ? "" : `<p class="problem" role="alert">${escaped(problem)}</p>`}
<form method="post" action="/login">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="off" required autofocus>
<button type="submit">Log in</button>
</form>
<p class="hint">For example: <code>kubectl create token NAME --namespace NAMESPACE</code></p>
</main>
</body>
</html>
`,
    { status, contentType: "text/html; charset=utf-8", headers: { "cache-control": "no-store" } },
  )

/** The form as it was sent; longer than any token that fits into a cookie is refused. */
const tokenOfForm = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const length = Number(request.headers["content-length"] ?? Number.NaN)
  if (!(length <= 16_384)) return yield* new Refused({ status: 413, message: "The form is too long" })
  const text = yield* Effect.mapError(
    request.text,
    () => new Refused({ status: 400, message: "The form cannot be read" }),
  )
  return (new URLSearchParams(text).get("token") ?? "").trim()
})

/** Without `tokens`, as in local mode, there is nothing to log in to. */
export const loginRoutes = (tokens: Tokens | undefined): ReadonlyArray<ConsoleRoute> =>
  tokens === undefined
    ? [forAll("GET", "/login", () => Effect.succeed(redirect("/")))]
    : [
        forAll("GET", "/login", () => Effect.succeed(page(undefined))),
        forAll(
          "POST",
          "/login",
          Effect.fnUntraced(function* ({ headers }) {
            const token = yield* tokenOfForm
            if (!isToken(token)) return page("This is not a bearer token", 400)
            if (token.length > longestToken) {
              return page(
                `The token is longer than ${longestToken} characters, which no cookie can hold; use an authenticating proxy that sends it in the header Authorization`,
                400,
              )
            }
            const viewer = yield* tokens.viewerOf(token)
            if (viewer === undefined) return page("The cluster does not know this token, or it has expired", 401)
            return redirect("/", { "set-cookie": setCookie(headers["host"], token) })
          }),
        ),
        forAll("POST", "/logout", ({ headers }) =>
          Effect.succeed(redirect("/login", { "set-cookie": setCookie(headers["host"], undefined) })),
        ),
      ]
