{{- /*
What the installed definitions lack, as a note. Looking at them needs a right that an installer for some namespaces may not have, and Helm
would fail without it: so only an installer who gives the operator rights in the whole cluster looks. Discovery is no proof that a definition
is missing: it is late by some seconds.
*/}}
{{- define "firesteel.definitionNotes" -}}
{{- $looks := and .Values.controller.rbac.create (not (include "firesteel.roleNamespaces" .)) }}
{{- /* Empty without a cluster, as in a dry run of the client. */}}
{{- $looks = and $looks (lookup "v1" "Namespace" "" "kube-system") }}
{{- range $definition := fromYamlArray (.Files.Get "files/definitions.yaml") }}
{{- if not $looks }}
{{- if not ($.Capabilities.APIVersions.Has (printf "%s/%s" (regexReplaceAll "^[^.]+[.]" .name "") .version)) }}

The definition {{ .name }} must exist (kubectl get crd {{ .name }}): the chart firesteel-crds installs it.
{{- end }}
{{- else }}
{{- with lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" .name }}
{{- with include "firesteel.missingFields" (list $definition .) }}

The definition {{ $definition.name }} lacks {{ . }}: nothing is submitted until it is replaced.

  helm upgrade firesteel-crds oci://ghcr.io/firesteel/charts/firesteel-crds -n {{ $.Release.Namespace }} --version {{ $.Chart.Version }}
{{- end }}
{{- else }}

The cluster has no definition {{ .name }} yet: install the chart firesteel-crds as well.
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Of the status, as `status.attempts, status.conditions and 3 more`; empty: none. Takes an entry of files/definitions.yaml, and the definition. */}}
{{- define "firesteel.missingFields" -}}
{{- $needed := index . 0 }}
{{- $schema := dict }}
{{- range (index . 1).spec.versions }}
{{- if and .served (eq .name $needed.version) }}{{ $schema = dig "schema" "openAPIV3Schema" "properties" "status" dict . }}{{ end }}
{{- end }}
{{- $missing := list }}
{{- $within := "?" }}
{{- range $path := $needed.status }}
{{- $at := $schema }}
{{- $kept := false }}
{{- range $key := splitList "." (replace "[]" ".[]" $path) }}
{{- if kindIs "map" $at }}
{{- $kept = or $kept (index $at "x-kubernetes-preserve-unknown-fields") }}
{{- if eq $key "[]" }}{{ $at = index $at "items" }}{{ else if eq $key "*" }}{{ $at = index $at "additionalProperties" }}{{ else }}{{ $at = dig "properties" $key nil $at }}{{ end }}
{{- end }}
{{- end }}
{{- if not (or $at $kept (hasPrefix $within $path)) }}
{{- $missing = append $missing (printf "status.%s" $path) }}
{{- $within = $path }}
{{- end }}
{{- end }}
{{- with $missing }}
{{- slice . 0 (min 5 (len .)) | join ", " }}
{{- if gt (len .) 5 }} and {{ sub (len .) 5 }} more{{ end }}
{{- end }}
{{- end }}
