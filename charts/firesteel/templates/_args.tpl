{{- /* The command line of the operator. */}}
{{- define "firesteel.args" -}}
{{- with .Values.controller }}
- operator
- --log-level={{ .logLevel }}
- --log-format=json
- --status-workers={{ .workers }}
- --max-tracked-executors={{ .maxTrackedExecutorPerApp }}
- --default-time-to-live={{ .defaultTimeToLiveSeconds }}s
- --scheduled-spark-application-timestamp-precision={{ .scheduledSparkApplicationTimestampPrecision }}
{{- with include "firesteel.namespaces" $ }}
- --namespaces={{ . }}
{{- end }}
{{- with include "firesteel.namespaceSelector" $ }}
- {{ printf "--namespace-selector=%s" . | quote }}
{{- end }}
{{- with $.Values.spark.podLabels }}
- {{ printf "--pod-labels=%s" (toJson .) | quote }}
{{- end }}
{{- with $.Values.spark.podAnnotations }}
- {{ printf "--pod-annotations=%s" (toJson .) | quote }}
{{- end }}
- --leader-elect={{ .leaderElection.enable }}
{{- if .leaderElection.enable }}
- --leader-elect-resource-name={{ include "firesteel.lease" $ }}
- --leader-elect-lease-duration={{ .leaderElection.leaseDuration }}
- --leader-elect-renew-deadline={{ .leaderElection.renewDeadline }}
- --leader-elect-retry-period={{ .leaderElection.retryPeriod }}
{{- end }}
- --enable-driver-pdb={{ .driverPodDisruptionBudget.enable }}
- --enable-ui-service={{ .uiService.enable }}
- --spark-ui-access={{ .sparkUi.access }}
- --spark-ui-interval={{ .sparkUi.interval }}
{{- if .healthChecks }}
- --health-checks-config={{ $.Release.Namespace }}/{{ include "firesteel.fullname" $ }}-health-checks
{{- end }}
{{- if .costPrices }}
- --cost-prices={{ $.Release.Namespace }}/{{ include "firesteel.fullname" $ }}-cost-prices
{{- end }}
{{- with .uiIngress }}
{{- if .enable }}
- {{ printf "--ingress-url-format=%s" .urlFormat | quote }}
{{- with .ingressClassName }}
- --ingress-class-name={{ . }}
{{- end }}
{{- with .tls }}
- {{ printf "--ingress-tls=%s" (toJson .) | quote }}
{{- end }}
{{- with .annotations }}
- {{ printf "--ingress-annotations=%s" (toJson .) | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .history }}
{{- with .urlFormat }}
- {{ printf "--history-url-format=%s" . | quote }}
{{- end }}
{{- with .eventLogDir }}
- {{ printf "--event-log-dir=%s" . | quote }}
{{- end }}
{{- with .eventLogClaim }}
- --event-log-claim={{ . }}
{{- end }}
{{- end }}
{{- if ne .uiRoute "ingress" }}
- --ui-route={{ .uiRoute }}
{{- end }}
{{- with .gatewayParentRefs }}
- {{ printf "--gateway-parent-refs=%s" (toJson .) | quote }}
{{- end }}
{{- with .batchScheduler }}
{{- if .enable }}
- --enable-batch-scheduler=true
{{- with .kubeSchedulerNames }}
- --kube-scheduler-names={{ join "," . }}
{{- end }}
{{- with .default }}
- --default-batch-scheduler={{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- with $.Values.prometheus.metrics }}
{{- if .enable }}
- --metrics-bind-address=:{{ .port }}
- {{ printf "--metrics-endpoint=%s" .endpoint | quote }}
- {{ printf "--metrics-prefix=%s" .prefix | quote }}
- {{ printf "--metrics-labels=%s" .labels | quote }}
- --metrics-legacy={{ .legacy }}
{{- with .jobSubmitLatencyBuckets }}
- --metrics-job-submit-latency-buckets={{ . }}
{{- end }}
{{- with .jobStartLatencyBuckets }}
- --metrics-job-start-latency-buckets={{ . }}
{{- end }}
{{- if .tlsSecretName }}
- --metrics-tls-cert-file=/etc/firesteel/metrics-tls/tls.crt
- --metrics-tls-key-file=/etc/firesteel/metrics-tls/tls.key
{{- end }}
{{- if .tokenReview }}
- --metrics-token-review=true
{{- end }}
{{- else }}
- --metrics-bind-address=0
{{- end }}
{{- end }}
{{- with $.Values.console }}
{{- if .enable }}
- --console-bind-address=:{{ .port }}
- --console-actions={{ .actions }}
{{- with .hosts }}
- {{ printf "--console-allowed-hosts=%s" (join "," .) | quote }}
{{- end }}
{{- with .links.trace }}
- {{ printf "--console-trace-url-format=%s" . | quote }}
{{- end }}
{{- with .links.dashboard }}
- {{ printf "--console-dashboard-url-format=%s" . | quote }}
{{- end }}
{{- if .tlsSecretName }}
- --console-tls-cert-file=/etc/firesteel/console-tls/tls.crt
- --console-tls-key-file=/etc/firesteel/console-tls/tls.key
{{- end }}
{{- end }}
{{- end }}
- --health-probe-bind-address=:8081
{{- with .extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Its environment variables: its identity, and the endpoint of telemetry. */}}
{{- define "firesteel.env" -}}
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_UID
  valueFrom: { fieldRef: { fieldPath: metadata.uid } }
{{- with .Values.otlp }}
{{- if .endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
{{- if ne .protocol "http/protobuf" }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: {{ .protocol }}
{{- end }}
- name: OTEL_METRIC_EXPORT_INTERVAL
  value: {{ mul .exportIntervalSeconds 1000 | quote }}
{{- range $signal := list "metrics" "traces" "logs" }}
{{- if not (get $.Values.otlp $signal) }}
- name: OTEL_{{ upper $signal }}_EXPORTER
  value: none
{{- end }}
{{- end }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name=$(POD_NAMESPACE),k8s.pod.name=$(POD_NAME)
  {{- range $name, $value := .resourceAttributes }},{{ $name }}={{ $value | urlquery | replace "+" "%20" }}{{ end }}
{{- if .headersSecret.name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom: { secretKeyRef: { name: {{ .headersSecret.name }}, key: {{ .headersSecret.key }} } }
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.controller.env }}
{{ toYaml . }}
{{- end }}
{{- end }}
