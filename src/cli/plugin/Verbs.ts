/** All commands on a cluster, in the order of the help. */

import type { RunnableCommand } from "../Command.ts"
import type { Host } from "../Host.ts"
import { connect } from "./connect/Connect.ts"
import { ui } from "./connect/Ui.ts"
import { cost } from "./cost/Cost.ts"
import { explain } from "./inspect/Explain.ts"
import { logs } from "./inspect/Logs.ts"
import { status } from "./inspect/Status.ts"
import { list } from "./list/List.ts"
import { report } from "./report/Report.ts"
import { rerun } from "./run/Rerun.ts"
import { run } from "./run/Run.ts"
import { resume, suspend } from "./run/Suspend.ts"
import { next } from "./schedule/Next.ts"
import { trigger } from "./schedule/Trigger.ts"
import { submit } from "./submit/Submit.ts"
import { commandOf } from "./Verb.ts"

export const verbsOf = (host: Host): ReadonlyArray<RunnableCommand> => [
  commandOf(host, run),
  commandOf(host, submit),
  commandOf(host, list),
  commandOf(host, status),
  commandOf(host, explain),
  commandOf(host, logs),
  commandOf(host, ui),
  commandOf(host, suspend),
  commandOf(host, resume),
  commandOf(host, rerun),
  commandOf(host, trigger),
  commandOf(host, next),
  commandOf(host, connect),
  commandOf(host, cost),
  commandOf(host, report),
]
