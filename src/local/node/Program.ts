/**
 * What plays the main container of a pod, besides the script in its annotations. The kubelet is given a list of programs by its caller;
 * a pod that none of them plays follows its script alone.
 */

import type { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { Node, PodWorker } from "./KubeletNode.ts"
import type { Script } from "./KubeletScript.ts"

/** How a program ended by itself. */
export interface Exit {
  readonly exitCode: number
  /** The termination message. */
  readonly message?: string | undefined
}

/** One run of a program whose end the script decides. */
export interface Process {
  /** What it does while its container runs. */
  readonly work: Effect.Effect<never>
  /** What it does at the end of its container, before the end is reported. Above 128 it was killed. */
  readonly shutDown: (exitCode: number) => Effect.Effect<void>
}

export type Behaviour =
  /** Nothing but what the script says. */
  | { readonly _tag: "None" }
  /** Works while the container runs. The script decides when and how it ends; `runSeconds` is how long it will run, perhaps `Infinity`. */
  | {
      readonly _tag: "Scripted"
      readonly start: (node: Node, worker: PodWorker, script: Script, runSeconds: number) => Effect.Effect<Process>
    }
  /** Ends by itself; neither script nor probes do. */
  | { readonly _tag: "Autonomous"; readonly run: (node: Node, worker: PodWorker) => Effect.Effect<Exit> }

export interface Program {
  readonly plays: (pod: Pod) => boolean
  /** The name of the container that it plays. A pod without that container has its first as the main one. */
  readonly container?: string
  /** Runs until it is ended from outside, unless the script says how long. */
  readonly endless?: boolean
  readonly behaviour: Behaviour
}
