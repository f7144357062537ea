/** Finds a port of this machine that is free, preferring a friendly one. Local mode never fails because port 8080 is taken. */
import { createServer } from "node:net"
import { Effect } from "effect"

/**
 * `preferred` if nobody listens there on `host`, else a free port of the system's choice; 0 always asks the system. The port is
 * released again before this returns, so another process could take it in between: good enough for a laptop.
 */
export const freePort = (host: string, preferred: number): Effect.Effect<number> =>
  Effect.catch(probe(host, preferred), () => Effect.orDie(probe(host, 0)))

const probe = (host: string, port: number) =>
  Effect.callback<number, Error>((resume) => {
    const server = createServer()
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const taken = typeof address === "object" && address !== null ? address.port : port
      server.close(() => resume(Effect.succeed(taken)))
    })
    return Effect.sync(() => void server.close())
  })

/** The port of an address to listen on; `undefined` for `0` (off). */
export const portOf = (address: string): number | undefined =>
  address === "0" ? undefined : Number(address.slice(address.lastIndexOf(":") + 1))

/** An address to listen on with its port replaced by a free one when it is taken. `0` (off) stays. */
export const freeAddress = (address: string): Effect.Effect<string> => {
  const preferred = portOf(address)
  if (preferred === undefined) return Effect.succeed(address)
  const host = address.slice(0, address.lastIndexOf(":"))
  const bare = host.replace(/^\[|\]$/g, "")
  return Effect.map(freePort(bare === "" ? "0.0.0.0" : bare, preferred), (port) => `${host}:${port}`)
}
