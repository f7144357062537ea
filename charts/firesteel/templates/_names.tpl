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
