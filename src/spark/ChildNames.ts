/** Names of the companion objects of a driver: those of kubeflow's operator, the same for every submission. */

import { createHash } from "node:crypto"
import { maxLabelLength } from "./Names.ts"

/** `<app><suffix>`; in a name that would be too long for a Service, the end of `app` is replaced by 8 hex digits of its MD5. */
const bounded = (app: string, suffix: string) => {
  if (app.length + suffix.length <= maxLabelLength) return `${app}${suffix}`
  const digest = createHash("md5").update(app).digest("hex").slice(0, 8)
  return `${app.slice(0, maxLabelLength - digest.length - suffix.length)}${digest}${suffix}`
}

export const uiServiceName = (app: string): string => bounded(app, "-ui-svc")
export const uiIngressName = (app: string): string => bounded(app, "-ui-ingress")
export const uiRouteName = (app: string): string => bounded(app, "-ui-route")
export const driverServiceName = (app: string, port: number): string => bounded(app, `-driver-${port}`)
export const driverIngressName = (app: string, port: number): string => bounded(app, `-ing-${port}`)
export const driverRouteName = (app: string, port: number): string => bounded(app, `-route-${port}`)
export const monitoringConfigMapName = (app: string): string => `${app}-prom-conf`
export const monitoringVolumeName = (app: string): string => bounded(app, "-prom-conf-vol")
