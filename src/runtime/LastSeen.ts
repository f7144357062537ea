/**
 * Final state of deleted objects, such as pods. A short driver may finish and be deleted between two reconciles, and the driver deletes its
 * executors: without the final state of the pod, how it ended could only be guessed. Kept, by the key of the resource that they belong to,
 * until the status of that reports it; bounded.
 */

export interface LastSeen<A> {
  /** Remembers the final state of a deleted object of this resource. */
  readonly remember: (key: string, object: A) => void
  /** Deleted objects of this resource that were not reported yet. */
  readonly of: (key: string) => ReadonlyArray<A>
  /** They were reported. */
  readonly forget: (key: string, objects: ReadonlyArray<A>) => void
  /** The resource is gone: its objects will not be reported. */
  readonly drop: (key: string) => void
}

/** At most this many objects of one resource: the oldest are forgotten first. */
const bound = 5000

export const make = <A>(): LastSeen<A> => {
  const resources = new Map<string, Set<A>>()
  return {
    remember: (key, object) => {
      const objects = resources.get(key) ?? new Set<A>()
      resources.set(key, objects.add(object))
      if (objects.size > bound) objects.delete(objects.values().next().value!)
    },
    of: (key) => [...(resources.get(key) ?? [])],
    forget: (key, reported) => {
      const objects = resources.get(key)
      if (!objects) return
      for (const object of reported) objects.delete(object)
      if (objects.size === 0) resources.delete(key)
    },
    drop: (key) => resources.delete(key),
  }
}
