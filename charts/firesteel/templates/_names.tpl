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

{{- /* The namespaces whose applications are run, separated by commas; empty: all. */}}
{{- define "firesteel.namespaces" -}}
{{- if not (has "" .Values.spark.jobNamespaces) }}{{ join "," .Values.spark.jobNamespaces }}{{ end }}
{{- end }}

{{- define "firesteel.image" -}}
{{- with .Values.image }}{{ with .registry }}{{ . }}/{{ end }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
