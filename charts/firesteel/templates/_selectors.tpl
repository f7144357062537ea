{{- /* A label selector, such as `team in (a,b),!legacy`, as matchExpressions of the API, which knows no < and >. */}}
{{- define "firesteel.matchExpressions" -}}
{{- $all := list }}
{{- range $one := regexFindAll "[^,(]+(\\([^)]*\\))?" . -1 }}
{{- $key := regexFind "[A-Za-z0-9][A-Za-z0-9._/-]*" $one }}
{{- $operator := "Exists" }}
{{- $values := list }}
{{- if regexMatch "^\\s*!" $one }}
{{- $operator = "DoesNotExist" }}
{{- else if contains "(" $one }}
{{- $operator = ternary "NotIn" "In" (regexMatch "\\snotin\\s*\\(" $one) }}
{{- range regexReplaceAll ".*\\((.*)\\).*" $one "${1}" | splitList "," }}{{ $values = append $values (trim .) }}{{ end }}
{{- else if regexMatch "[<>]" $one }}
{{- fail (printf "admissionPolicy.enable: %q in spark.jobNamespaceSelector has no equivalent in the binding of a policy; select namespaces by =, !=, in and notin" (trim $one)) }}
{{- else if contains "=" $one }}
{{- $operator = ternary "NotIn" "In" (contains "!=" $one) }}
{{- $values = list (splitList "=" $one | last | trim) }}
{{- end }}
{{- $expression := dict "key" $key "operator" $operator }}
{{- if $values }}{{ $_ := set $expression "values" $values }}{{ end }}
{{- $all = append $all $expression }}
{{- end }}
{{- toYaml $all }}
{{- end }}
