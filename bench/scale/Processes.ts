/** CPU time and memory of processes, from /proc. */

import { readFileSync } from "node:fs"

/** Linux counts CPU time in hundredths of a second. */
const ticksPerSecond = 100

/** CPU seconds so far, in user and system mode. */
export const cpuSeconds = (pid: number): number => {
  // The name of the program, in parentheses, may contain spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

const mebibytes = (pid: number, field: string): number => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)
}

/** The physical memory that it holds, in MiB. */
export const residentMebibytes = (pid: number): number => mebibytes(pid, "VmRSS")

/** The most physical memory it ever held, in MiB. */
export const peakMebibytes = (pid: number): number => mebibytes(pid, "VmHWM")
