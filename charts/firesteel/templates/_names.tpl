{{- define "firesteel.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "firesteel.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains .Chart.Name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "firesteel.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "firesteel.selectorLabels" -}}
app.kubernetes.io/name: {{ include "firesteel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "firesteel.labels" -}}
{{ include "firesteel.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Of the Deployment: those of the objects, and the component, by which tools find the controller as with kubeflow's chart. */}}
{{- define "firesteel.controllerLabels" -}}
{{- merge (include "firesteel.labels" . | fromYaml) (dict "app.kubernetes.io/component" "controller") | toYaml }}
{{- end }}

{{- /* Of its pods: controller.labels win, except over the labels that the Deployment selects by. */}}
{{- define "firesteel.podLabels" -}}
{{- $selected := include "firesteel.selectorLabels" . | fromYaml }}
{{- merge $selected .Values.controller.labels (include "firesteel.controllerLabels" . | fromYaml) | toYaml }}
{{- end }}

{{- /*
The Lease that elects the active replica: named like the Deployment, or with the nameOverride of kubeflow's chart as there. An upgrade keeps the
name that the installed replicas use: with another one, old and new replicas would be active at the same time.
*/}}
{{- define "firesteel.lease" -}}
{{- $name := include "firesteel.fullname" . }}
{{- $lease := dict "name" $name }}
{{- if eq .Values.nameOverride "spark-operator" }}
{{- $kubeflows := printf "%s-spark-operator" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- if .Values.fullnameOverride }}{{ $kubeflows = $name }}{{ else if contains "spark-operator" .Release.Name }}{{ $kubeflows = .Release.Name | trunc 63 | trimSuffix "-" }}{{ end }}
{{- $_ := set $lease "name" (printf "%s-controller-lock" $kubeflows) }}
{{- end }}
{{- range dig "spec" "template" "spec" "containers" list (lookup "apps/v1" "Deployment" .Release.Namespace $name) }}
{{- range .args }}
{{- if hasPrefix "--leader-elect-resource-name=" . }}{{ $_ := set $lease "name" (trimPrefix "--leader-elect-resource-name=" .) }}{{ end }}
{{- end }}
{{- end }}
{{- $lease.name }}
{{- end }}

{{- define "firesteel.serviceAccount" -}}
{{- default (include "firesteel.fullname" .) .Values.controller.serviceAccount.name }}
{{- end }}

{{- /* The namespaces whose applications are run, separated by commas; empty: all, or those that the selector selects. */}}
{{- define "firesteel.namespaces" -}}
{{- if not (has "" .Values.spark.jobNamespaces) }}{{ join "," .Values.spark.jobNamespaces }}{{ end }}
{{- end }}

{{- /* The selector of further namespaces; with an empty name in the list, all are run, whatever it says. */}}
{{- define "firesteel.namespaceSelector" -}}
{{- if not (has "" .Values.spark.jobNamespaces) }}{{ .Values.spark.jobNamespaceSelector }}{{ end }}
{{- end }}

{{- /* The namespaces in which the operator gets Roles, separated by commas; empty: it gets a ClusterRole. */}}
{{- define "firesteel.roleNamespaces" -}}
{{- if not (include "firesteel.namespaceSelector" .) }}{{ include "firesteel.namespaces" . }}{{ end }}
{{- end }}

{{- /* In words. */}}
{{- define "firesteel.where" -}}
{{- $names := include "firesteel.namespaces" . | replace "," ", " }}
{{- $selector := include "firesteel.namespaceSelector" . }}
{{- if and $names $selector }}the namespaces {{ $names }} and those with the labels {{ $selector }}
{{- else if $selector }}the namespaces with the labels {{ $selector }}
{{- else if $names }}the namespaces {{ $names }}
{{- else }}all namespaces
{{- end }}
{{- end }}

{{- define "firesteel.image" -}}
{{- with .Values.image }}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{- /* Contradictions between values that a schema cannot express. */}}
{{- define "firesteel.check" -}}
{{- $name := include "firesteel.fullname" . }}
{{- $own := include "firesteel.selectorLabels" . | fromYaml }}
{{- with lookup "apps/v1" "Deployment" .Release.Namespace $name }}
{{- if ne (toJson .spec.selector.matchLabels) (toJson $own) }}
{{- fail (printf "nameOverride cannot change while the Deployment %s exists, which selects pods by %s: leave it as it was, or delete the Deployment first (kubectl delete deployment %s -n %s)" $name (toJson .spec.selector.matchLabels) $name $.Release.Namespace) }}
{{- end }}
{{- end }}
{{- with .Values.controller }}
{{- if and (gt (int .replicas) 1) (not .leaderElection.enable) }}
{{- fail "controller.replicas above 1 needs controller.leaderElection.enable" }}
{{- end }}
{{- if and .podDisruptionBudget.enable (lt (int .replicas) 2) }}
{{- fail "controller.podDisruptionBudget needs controller.replicas of 2 or more: with one replica it would block every drain of its node" }}
{{- end }}
{{- if and .uiIngress.enable (not .uiIngress.urlFormat) }}
{{- fail "controller.uiIngress.enable needs controller.uiIngress.urlFormat" }}
{{- end }}
{{- if and (eq .uiRoute "gateway") (not .gatewayParentRefs) }}
{{- fail "controller.uiRoute gateway needs controller.gatewayParentRefs, the Gateways of the HTTPRoutes" }}
{{- end }}
{{- end }}
{{- with .Values.prometheus }}
{{- if and .podMonitor.create .serviceMonitor.create }}
{{- fail "prometheus.podMonitor and prometheus.serviceMonitor would scrape the operator twice: create one of them" }}
{{- end }}
{{- if and (or .podMonitor.create .serviceMonitor.create) (not .metrics.enable) }}
{{- fail "prometheus.podMonitor and prometheus.serviceMonitor need prometheus.metrics.enable" }}
{{- end }}
{{- end }}
{{- end }}
