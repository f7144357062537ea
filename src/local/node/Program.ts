/**
 * What plays the main container of a pod, in addition to the script in its annotations. The caller gives the kubelet a list of
 * programs; a pod that matches none of them follows only its script.
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
export interface RunningProgram {
  /** What it does while its container runs. */
  readonly work: Effect.Effect<never>
  /** What it does at the end of its container, before the end is reported. Above 128 it was killed. */
  readonly shutDown: (exitCode: number) => Effect.Effect<void>
}

export type Behaviour =
  /** Only the script. */
  | { readonly _tag: "None" }
  /** Works while the container runs. The script decides when and how it ends; after `runSeconds` (perhaps `Infinity`) at the latest. */
  | {
      readonly _tag: "Scripted"
      readonly start: (
        node: Node,
        worker: PodWorker,
        script: Script,
        runSeconds: number,
      ) => Effect.Effect<RunningProgram>
    }
  /** Ends by itself; neither the script nor probes end it. */
  | { readonly _tag: "Autonomous"; readonly run: (node: Node, worker: PodWorker) => Effect.Effect<Exit> }

export interface Program {
  readonly plays: (pod: Pod) => boolean
  /** The name of the main container. In a pod without it, and by default, that is the first. */
  readonly container?: string
  /** Runs until it is ended from outside, unless the script sets a duration. */
  readonly endless?: boolean
  readonly behaviour: Behaviour
}
