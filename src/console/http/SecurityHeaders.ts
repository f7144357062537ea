/** Headers of every answer of the console: what a page may load and who may embed it. Nothing comes from elsewhere, nothing runs inline. */

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ")

const always = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

/** Of the pages, assets and data of the console itself. */
export const ownHeaders: Readonly<Record<string, string>> = {
  ...always,
  "content-security-policy": policy,
  "cross-origin-resource-policy": "same-origin",
}

/**
 * Of what a driver serves, which is the program of a user: its scripts run in a sandbox with an origin of their own, so that they can
 * neither read the console nor act in the name of the viewer.
 */
export const foreignHeaders = (): Readonly<Record<string, string>> => ({
  ...always,
  "content-security-policy": [
    "sandbox allow-scripts allow-popups allow-forms allow-modals allow-downloads",
    // Spark's pages have scripts and styles of their own in them; nothing of them is sent elsewhere.
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  "cross-origin-resource-policy": "cross-origin",
  // Requests of the sandbox have the origin `null`. They carry no credentials: the capability in the path is all that they have.
  "access-control-allow-origin": "*",
})

/** The answer to a browser that asks whether a script in the sandbox may send a header of its own: jQuery, which Spark's pages use, adds one. */
export const preflightHeaders: Readonly<Record<string, string>> = {
  "access-control-allow-methods": "GET",
  "access-control-allow-headers": "x-requested-with",
  "access-control-max-age": "600",
}
