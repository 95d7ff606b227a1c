{{/* The name of every object of the release; at most 63 characters, since some of them are labels. */}}
{{- define "mta-sts-operator.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What tells the operator's pods from others; it cannot change in the life of a release. */}}
{{- define "mta-sts-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "mta-sts-operator.labels" -}}
{{ include "mta-sts-operator.selectorLabels" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: mta-sts
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "mta-sts-operator.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "mta-sts-operator.fullname" .) -}}
{{- end -}}

{{/* The arguments of the operator, in this one place. The release's namespace is the pod's, so that who moves the rendered objects (kustomize) moves all. */}}
{{- define "mta-sts-operator.args" -}}
- run
- --operator-namespace=$(POD_NAMESPACE)
{{- with .Values.ownerId }}
- --owner-id={{ . }}
{{- end }}
- --leader-elect
- --health-listen=[::]:{{ .Values.healthPort }}
{{- range (include "mta-sts-operator.servingNamespaces" . | fromYaml).list }}
- --serving-namespace={{ eq . $.Release.Namespace | ternary "$(POD_NAMESPACE)" . }}
{{- end }}
{{- range .Values.rbac.watchNamespaces }}
- --watch-namespace={{ . }}
{{- end }}
{{- range .Values.resolvers }}
- --resolver={{ . }}
{{- end }}
{{- if .Values.trustRoots.configMap }}
- --ca=/etc/mta-sts-operator/trust/{{ .Values.trustRoots.key }}
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The ServiceAccount of the policy servers, in each of their namespaces; nothing where the values neither create nor name one. */}}
{{- define "mta-sts-operator.policyServerAccountName" -}}
{{- with .Values.policyServer.serviceAccount -}}
{{- .name | default (ternary (printf "%s-server" (include "mta-sts-operator.fullname" $)) "" .create) -}}
{{- end -}}
{{- end -}}

{{/* How classes may have their policy hosts reached, as a YAML map with the key "list": what the values say, and what the default class has. */}}
{{- define "mta-sts-operator.exposures" -}}
{{- $all := .Values.rbac.exposures | default list -}}
{{- if .Values.defaultClass.create -}}
{{- $all = append $all .Values.defaultClass.serving.exposure.type -}}
{{- end -}}
list:
{{ toYaml ($all | uniq) }}
{{- end -}}

{{/* The TCP ports that the operator goes to, as a YAML map with the key "list". Many networks apply egress rules after a Service's address has been
     translated to a pod's, so that the port of the policy server's or the ingress controller's pod is the one that counts. */}}
{{- define "mta-sts-operator.egressPorts" -}}
{{- $all := list 25 443 -}}
{{- if has "LoadBalancer" (include "mta-sts-operator.exposures" . | fromYaml).list -}}
{{- $all = append $all 8443 -}}
{{- end -}}
{{- with .Values.networkPolicy -}}
{{- $all = concat (.dnsPorts | default list) $all (.apiServerPorts | default list) (.policyHostPorts | default list) (.providerPorts | default list) -}}
{{- end -}}
list:
{{ range $all }}
  - {{ int . }}
{{- end }}
{{- end -}}

{{/* The namespaces of policy servers, as a YAML map with the key "list": what the values say, and the default class's own. */}}
{{- define "mta-sts-operator.servingNamespaces" -}}
{{- $all := .Values.rbac.servingNamespaces | default list -}}
{{- if .Values.defaultClass.create -}}
{{- $all = append $all (.Values.defaultClass.serving.namespace | default .Release.Namespace) -}}
{{- end -}}
list:
{{ toYaml ($all | default (list .Release.Namespace) | uniq) }}
{{- end -}}
