// Command chart-render is a stand-in for "helm template" where no helm is to be had: the same template engine (text/template) with the same
// function library (sprig), the few functions that Helm adds, and values merged in Helm's order: values.yaml, then -f files, then --set.
// It knows charts without dependencies, hooks and library charts, which is all that our chart is.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type values = map[string]interface{}

// several collects a flag that may be given more than once.
type several []string

func (s *several) String() string     { return strings.Join(*s, ",") }
func (s *several) Set(v string) error { *s = append(*s, v); return nil }

// files is what a template sees as .Files.
type files struct{ root string }

func (f files) Get(name string) string {
	content, err := os.ReadFile(filepath.Join(f.root, filepath.Clean("/"+name)))
	if err != nil {
		return ""
	}
	return string(content)
}

// apiVersions is what a template sees as .Capabilities.APIVersions.
type apiVersions []string

func (a apiVersions) Has(version string) bool {
	for _, known := range a {
		if known == version {
			return true
		}
	}
	return false
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "chart-render:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return errors.New("usage: chart-render CHART_DIR [--namespace NS] [--name RELEASE] [-f VALUES]... [--set KEY=VALUE]... [--kube-version VERSION]")
	}
	chart := args[0]
	flags := flag.NewFlagSet("chart-render", flag.ContinueOnError)
	namespace := flags.String("namespace", "default", "the release's namespace")
	name := flags.String("name", "release", "the release's name")
	kube := flags.String("kube-version", "1.30.0", "the version that templates see as .Capabilities.KubeVersion")
	var valueFiles, sets several
	flags.Var(&valueFiles, "f", "a file of values")
	flags.Var(&sets, "set", "a value, a.b=c")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}

	about, err := readYaml(filepath.Join(chart, "Chart.yaml"))
	if err != nil {
		return err
	}
	merged, err := readYaml(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return err
	}
	for _, path := range valueFiles {
		over, err := readYaml(path)
		if err != nil {
			return err
		}
		merge(merged, over)
	}
	for _, set := range sets {
		if err := setValue(merged, set); err != nil {
			return err
		}
	}
	kubeVersion := strings.Split(strings.TrimPrefix(*kube, "v")+".0.0", ".")
	return render(chart, values{
		"Values": merged,
		"Chart":  titled(about),
		"Release": values{
			"Name": *name, "Namespace": *namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
		"Capabilities": values{
			"KubeVersion": values{"Version": "v" + strings.Join(kubeVersion[:3], "."), "Major": kubeVersion[0], "Minor": kubeVersion[1]},
			"APIVersions": apiVersions{"v1", "apps/v1", "networking.k8s.io/v1", "policy/v1", "rbac.authorization.k8s.io/v1"},
		},
		"Files": files{chart},
	})
}

func render(chart string, data values) error {
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(sprig.TxtFuncMap()).Funcs(helmFuncs(root))
	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return err
	}
	sort.Strings(paths)
	base := filepath.Base(chart)
	var names []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := base + "/templates/" + filepath.Base(path)
		if _, err := root.New(name).Parse(string(text)); err != nil {
			return err
		}
		if !strings.HasPrefix(filepath.Base(path), "_") && filepath.Ext(path) == ".yaml" {
			names = append(names, name)
		}
	}
	for _, name := range names {
		var out bytes.Buffer
		data["Template"] = values{"Name": name, "BasePath": base + "/templates"}
		if err := root.ExecuteTemplate(&out, name, data); err != nil {
			return err
		}
		text := strings.ReplaceAll(out.String(), "<no value>", "")
		if strings.TrimSpace(text) == "" {
			continue
		}
		fmt.Printf("---\n# Source: %s\n%s\n", name, strings.Trim(text, "\n"))
	}
	return nil
}

func helmFuncs(root *template.Template) template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data interface{}) (string, error) {
			var out bytes.Buffer
			err := root.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"tpl": func(text string, data interface{}) (string, error) {
			clone, err := root.Clone()
			if err != nil {
				return "", err
			}
			parsed, err := clone.New("tpl").Parse(text)
			if err != nil {
				return "", err
			}
			var out bytes.Buffer
			err = parsed.Execute(&out, data)
			return out.String(), err
		},
		"required": func(message string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return nil, errors.New(message)
			}
			return value, nil
		},
		"lookup": func(...string) values { return values{} },
		"toYaml": func(value interface{}) (string, error) {
			var out bytes.Buffer
			encoder := yaml.NewEncoder(&out)
			encoder.SetIndent(2)
			err := encoder.Encode(value)
			return strings.TrimSuffix(out.String(), "\n"), err
		},
		"fromYaml": func(text string) (values, error) {
			parsed := values{}
			err := yaml.Unmarshal([]byte(text), &parsed)
			return parsed, err
		},
	}
}

func readYaml(path string) (values, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	parsed := values{}
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return parsed, nil
}

// merge lays over upon base; a null takes a key away, as in Helm.
func merge(base, over values) {
	for key, value := range over {
		if value == nil {
			delete(base, key)
			continue
		}
		inner, isMap := value.(values)
		if existing, ok := base[key].(values); ok && isMap {
			merge(existing, inner)
			continue
		}
		base[key] = value
	}
}

func setValue(into values, set string) error {
	path, text, found := strings.Cut(set, "=")
	if !found {
		return fmt.Errorf("--set %s: no = in it", set)
	}
	place(into, strings.Split(strings.ReplaceAll(path, "[", ".["), "."), typed(text))
	return nil
}

// place puts a value where the keys lead: names in maps, [N] in lists; a null takes a name away.
func place(at interface{}, keys []string, value interface{}) interface{} {
	if len(keys) == 0 {
		return value
	}
	key, rest := keys[0], keys[1:]
	if index, err := strconv.Atoi(strings.Trim(key, "[]")); err == nil && strings.HasPrefix(key, "[") {
		list, _ := at.([]interface{})
		for len(list) <= index {
			list = append(list, nil)
		}
		list[index] = place(list[index], rest, value)
		return list
	}
	inner, ok := at.(values)
	if !ok {
		inner = values{}
	}
	if len(rest) == 0 && value == nil {
		delete(inner, key)
	} else {
		inner[key] = place(inner[key], rest, value)
	}
	return inner
}

func typed(text string) interface{} {
	switch {
	case text == "true":
		return true
	case text == "false":
		return false
	case text == "null":
		return nil
	case strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}"): // a list, as Helm writes it
		list := []interface{}{}
		for _, item := range strings.Split(strings.Trim(text, "{}"), ",") {
			list = append(list, typed(item))
		}
		return list
	}
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		return number
	}
	return text
}

// titled gives the fields of Chart.yaml the names that templates know them by: apiVersion becomes APIVersion, version becomes Version.
func titled(about values) values {
	out := values{}
	for key, value := range about {
		if key == "apiVersion" {
			out["APIVersion"] = value
			continue
		}
		out[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return out
}
