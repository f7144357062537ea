/**
 * What to do about each reason for which an application waits or has failed: of the scheduler, the kubelet, and the operator. A reason without
 * an entry is explained by its message alone. Data.
 */

import type { FailureReason } from "../../../api/application/Attempt.ts"
import type { startReasons } from "../../../spark/observe/StartFacts.ts"

/** `<object>`, `<labels>`, `<role>`, `<ns>`, `<pod>` and `<program>` are filled in. */
export type Advice = ReadonlyArray<string>

const pull: Advice = [
  "Check the name and the tag of spec.image, and that the nodes can reach the registry.",
  "For a private registry, name a Secret in spec.imagePullSecrets: kubectl create secret docker-registry … -n <ns>",
]
const volume: Advice = [
  "Check that the ConfigMaps, Secrets and claims that the volumes name exist: kubectl get configmaps,secrets,pvc -n <ns>",
  "The Events of the pod name the volume: kubectl describe pod <pod> -n <ns>",
]
const resources: Advice = [
  "The message says what the nodes lack. Request less (cores, memory, memoryOverhead; for executors also instances), add nodes, or wait for other pods to end.",
  "If it is about affinity, selectors or taints: compare nodeSelector, affinity and tolerations of the spec with kubectl describe nodes",
]
const remains: Advice = [
  "The operator waits until the pods of the previous run are gone; a pod that stays in Terminating has a finalizer, or its node does not respond: kubectl get pods -n <ns> -l <labels>",
]

/** Why a pod, or the operator, waits: `status.waiting.reason`. */
export const waitingAdvice: Readonly<Record<string, Advice> & Record<(typeof startReasons)[number], Advice>> = {
  Unschedulable: resources,
  SchedulingGated: [
    "A controller holds the pod back (spec.schedulingGates), usually a queue: look at its objects, such as kubectl get workloads -n <ns>",
  ],
  Unscheduled: [
    "The scheduler has not looked at the pod. Check that the one in spec.batchScheduler, or in schedulerName of the pod, is installed and runs.",
  ],
  ErrImagePull: pull,
  ImagePullBackOff: pull,
  ErrImageNeverPull: [
    "imagePullPolicy is Never, and the node does not have the image: load it there, or use IfNotPresent.",
  ],
  InvalidImageName: ["spec.image is not the name of an image; it looks like registry.example.com/team/spark:4.0.1"],
  RegistryUnavailable: pull,
  ImageInspectError: pull,
  CreateContainerConfigError: [
    "An environment variable or a file comes from a ConfigMap or Secret that does not exist, or lacks the key: the message names it.",
  ],
  CreateContainerError: ["The container runtime refused the container: the message says why."],
  RunContainerError: ["The command of the container could not be started: the message says why."],
  CrashLoopBackOff: [
    "A container ends again and again. Read its log: kubectl logs <pod> -n <ns> -c <container> --previous",
  ],
  ContainerCreating: volume,
  PodInitializing: ["An init container runs for long. Read its log: kubectl logs <pod> -n <ns> -c <init container>"],
  FailedAttachVolume: volume,
  FailedMapVolume: volume,
  FailedMount: volume,
  FailedPrepareDynamicResources: [
    "A device of the pod's resource claims could not be prepared: kubectl describe pod <pod> -n <ns>",
  ],
  NetworkNotReady: ["The network plugin of the node is not ready; ask an administrator: kubectl describe nodes"],
  FailedCreatePodSandBox: [
    "The node could not set up the pod, often because of the network plugin or because addresses ran out: kubectl describe pod <pod> -n <ns>",
  ],
  DriverPodExists: [
    "Another pod has the name of the driver: delete it if nothing uses it, or set spec.driver.podName: kubectl get pod <pod> -n <ns> -o yaml",
  ],
  EarlierObjectExists: ["An object of an earlier run has the name that is needed: delete it if nothing uses it."],
  ExecutorPodsExist: remains,
  SubmitPodExists: remains,
  PodTerminating: remains,
  SubmitJobRunning: ["spark-submit runs in a Job. Read its log: kubectl logs -n <ns> -l <labels>,spark-role=submitter"],
  QuotaExceeded: [
    "The quota of the namespace does not allow the pod. Wait for other pods to end, request less, or ask for a larger quota: kubectl describe resourcequota -n <ns>",
  ],
}

/** Why an attempt failed: `failure` of the attempt, a closed set. */
export const failureAdvice: Readonly<Record<FailureReason, Advice>> = {
  OOMKilled: [
    "The container used more memory than its limit. Raise memoryOverhead (or memoryOverheadFactor) of <role>: Python, native libraries and shuffles need memory outside of the heap.",
  ],
  OutOfMemoryError: [
    "The heap of the JVM is full. Raise <role>.memory, or make partitions and collected results smaller.",
  ],
  Evicted: [
    "The node ran out of a resource, often of disk. Request ephemeral-storage, or put spark-local-dir volumes on a claim.",
  ],
  Preempted: [
    "A pod of higher priority took the place. Set a priorityClassName, and a restartPolicy that tries again.",
  ],
  NodeLost: [
    "The node was removed or stopped responding. A restartPolicy with onFailureRetries runs the application again.",
  ],
  ImagePull: pull,
  Unschedulable: resources,
  ContainerStart: [
    "The container could not be created: the message names what is missing, such as a ConfigMap, a Secret or a command.",
  ],
  InitContainer: [
    "An init container failed. Its log, while the pod exists: kubectl logs <pod> -n <ns> -c <init container>",
  ],
  Timeout: [
    "A deadline passed (spec.deadlines, or of the operator). Raise it if the work takes that long, or find out what it waited for.",
  ],
  Stalled: [
    "The watchdog saw no progress (spec.healthChecks.watchdog). Look at the stages in the Spark UI or the history server.",
  ],
  ProbeFailed: [
    "The kubelet killed the driver because it did not answer. Look for long garbage collections in its log, or relax spec.healthChecks.",
  ],
  DriverLost: [
    "The driver pod was deleted from outside: look for who deletes pods, such as a node drain. A restartPolicy runs it again.",
  ],
  Killed: ["The driver was killed by a signal; if the node was drained, a restartPolicy runs it again."],
  UserError: ["The program ended with an error. Its log, while the pod exists: <program> logs <object> -n <ns>"],
  Error: [
    "An executor ended with an error. Its log, while the pod exists: <program> logs <object> -n <ns> --executor <number>",
  ],
  InvalidSpec: ["Correct the fields that the message names and apply the manifest again; the application then starts."],
  QuotaExceeded: waitingAdvice["QuotaExceeded"]!,
  Refused: [
    "The API server refused an object: the message says which, and why. Often a policy (admission webhook, Pod Security) or a name that is taken.",
  ],
  SubmitFailed: ["spark-submit in the Job failed. Its log: kubectl logs -n <ns> -l <labels>,spark-role=submitter"],
  Unknown: ["The reason is not known. Look at the log and the Events: <program> logs <object> -n <ns>"],
}

/** Why a condition is not as it should be: reasons of conditions that no pod and no attempt has. */
export const conditionAdvice: Readonly<Record<string, Advice>> = {
  InvalidSpec: ["Correct the fields that the message names and apply the manifest again."],
  Suspended: ["Resume it: <program> resume <object> -n <ns>"],
  Idle: ["Start it and connect to it: <program> connect <object> -n <ns>"],
  NotAnswering: ["See what it does: <program> logs <object> -n <ns> --tail 50"],
  Provisioning: ["See how far it is: <program> logs <object> -n <ns> -f"],
  Refused: failureAdvice.Refused,
  NameConflict: ["Another object has the name that is needed: delete it if nothing uses it."],
  ScaledToZero: ["Raise spec.replicas."],
  SelectorConflict: ["Change spec.applications of one of the history servers."],
}

/** The values for what is filled in. */
export interface Names {
  /** As commands take it: `spark-pi`, `connect/notebooks`. */
  readonly object: string
  /** A selector of its pods. */
  readonly labels: string
  /** The part of the spec that is meant: `spec.driver`. */
  readonly role: string
  readonly ns: string
  readonly pod: string
  readonly program: string
}

export const filledIn = (advice: Advice, names: Names): ReadonlyArray<string> =>
  advice.map((line) => line.replaceAll(/<(object|labels|role|ns|pod|program)>/g, (_, name: keyof Names) => names[name]))
