/** All commands of `firesteel`, in the order of its help. */

import type { RunnableCommand } from "./Command.ts"
import * as CrdsCommand from "./CrdsCommand.ts"
import type { Host } from "./Host.ts"
import * as LocalCommand from "./local/LocalCommand.ts"
import * as MigrateCheckCommand from "./migration/MigrateCheckCommand.ts"
import * as OperatorCommand from "./OperatorCommand.ts"
import * as CompletionCommand from "./plugin/completion/CompletionCommand.ts"
import { verbsOf } from "./plugin/Verbs.ts"
import * as RenderCommand from "./render/RenderCommand.ts"

export const commandsOf = (host: Host): ReadonlyArray<RunnableCommand> => {
  const commands = [
    ...verbsOf(host),
    OperatorCommand.make(host),
    LocalCommand.make(host),
    MigrateCheckCommand.make(host),
    RenderCommand.make(host),
    CrdsCommand.make(host),
    CompletionCommand.make(host),
  ]
  return [...commands, CompletionCommand.complete(host, commands)]
}
