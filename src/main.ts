#!/usr/bin/env node
/** Starts the process (`Process.ts`) with compiled code kept from one start to the next, so that later starts are quicker. */

import * as module from "node:module"

// Deno has its own cache, and no such function.
module.enableCompileCache?.()
await import("./Process.ts")
