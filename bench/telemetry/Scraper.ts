/** `node Scraper.ts <url> <encoding> <times>`: scrapes, and prints as JSON how long each took, the bytes of one, and its series. */

import { get } from "node:http"
import { buffer } from "node:stream/consumers"
import { setTimeout } from "node:timers/promises"
import { gunzipSync } from "node:zlib"

const [url = "", encoding = "", times = ""] = process.argv.slice(2)

const scrape = () =>
  new Promise<Buffer>((resolve, reject) => {
    get(url, { headers: { "accept-encoding": encoding }, agent: false }, (response) => {
      resolve(buffer(response))
    }).on("error", reject)
  })

const milliseconds: Array<number> = []
let body: Buffer = Buffer.alloc(0)
for (let time = 0; time < Number(times); time++) {
  const start = performance.now()
  body = await scrape()
  milliseconds.push(performance.now() - start)
  await setTimeout(60)
}
const text = (body[0] === 0x1f ? gunzipSync(body) : body).toString()
const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length
console.log(JSON.stringify({ milliseconds, bytes: body.length, series }))
