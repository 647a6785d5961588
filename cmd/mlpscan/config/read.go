package config

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// largest is the largest file that is read: one of ten thousand accounts is smaller.
const largest = 8 << 20

// Load reads a file. Its error is that of the file system, or joins an *Error
// for each mistake.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Parse reads what stands in a file of this name. name is the file's, for errors.
// Its error joins an *Error for each mistake.
func Parse(name string, data []byte) (*Config, error) {
	r := &reader{file: name, where: map[string]position{}}
	c := new(Config)
	if len(data) > largest {
		r.problem(position{}, "", "it is larger than %d MiB, and no configuration", largest>>20)
		return nil, r.problems()
	}
	if root := r.load(data); root != nil {
		r.read(root, reflect.ValueOf(c).Elem(), place{})
	}
	c.file, c.where = name, r.where
	r.check(c)
	if err := r.problems(); err != nil {
		return nil, err
	}
	return c, nil
}

// A reader follows the nodes of a file along the types of a Config.
type reader struct {
	file  string
	where map[string]position // of values, by their paths
	found []*Error
	bad   []string // paths of the values that found is about
	total int      // of the problems, kept or not
	nodes int
}

// manyNodes bounds what aliases can multiply.
const manyNodes = 1 << 19

// load is the file's one document; nil where there is none, or something else.
func (r *reader) load(data []byte) *yaml.Node {
	var docs []yaml.Node
	if err := yaml.Load(data, &docs, yaml.WithAllDocuments()); err != nil {
		r.syntax(err)
		return nil
	}
	if len(docs) > 1 {
		r.problem(position{docs[1].Line, docs[1].Column}, "", "a second document begins here: a configuration is one")
	}
	if len(docs) != 1 || len(docs[0].Content) == 0 {
		return nil
	}
	root := docs[0].Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return nil // comments alone
	}
	return root
}

// A place is where in the file a value stands, and the rules that it and its
// keys must follow.
type place struct {
	path string // "accounts[3].id"
	rule string // name of the rule of single values; "" for none
	key  string // of a map's keys
	// emptyFits: a list of nothing says something else than no list.
	emptyFits bool
}

func (p place) name() string {
	if p.path == "" {
		return "the file"
	}
	return p.path[strings.LastIndexByte(p.path, '.')+1:]
}

// meant is the node that an alias stands for, or the node itself.
func meant(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func at(n *yaml.Node) position { return position{n.Line, n.Column} }

var valuesType = reflect.TypeFor[map[string]map[string]any]()

// read sets v to what the node says, and notes what it cannot.
func (r *reader) read(n *yaml.Node, v reflect.Value, p place) {
	if r.nodes++; r.nodes > manyNodes {
		if r.nodes == manyNodes+1 {
			r.problem(at(n), p.path, "too many values: aliases multiply what they stand for")
		}
		return
	}
	r.where[p.path] = at(n)
	n = meant(n)
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		r.wrongAt(p.path, "%s has no value: give it one, or take the key away", p.name())
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		delete(r.where, p.path)
		r.read(n, v.Elem(), p)
	case reflect.Struct:
		r.readStruct(n, v, p)
	case reflect.Map:
		r.readMap(n, v, p)
	case reflect.Slice:
		r.readList(n, v, p)
	default:
		r.readScalar(n, v, p)
	}
}

// pairs hands over the keys and values of a mapping, without those that stand twice.
func (r *reader) pairs(n *yaml.Node, p place, take func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.wrongAt(p.path, "%s must have keys of its own, as in %s: {key: value}, and is %s", p.name(), p.name(), kind(n))
		return
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch line, twice := lines[key.Value]; {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!null":
			r.problem(at(key), p.path, "a key must be a word, and is %s", kind(key))
		case key.ShortTag() == "!!merge":
			r.problem(at(key), p.path, "merge keys (<<) are not read here: write the values out")
		case twice:
			r.problem(at(key), p.path, "duplicate key %q: it stands in line %d already, remove one of them", key.Value, line)
		default:
			lines[key.Value] = key.Line
			take(key, value)
		}
	}
}

func (r *reader) readStruct(n *yaml.Node, v reflect.Value, p place) {
	fields := map[string]reflect.StructField{}
	var names []string
	for _, f := range reflect.VisibleFields(v.Type()) {
		if name := f.Tag.Get("yaml"); name != "" {
			fields[name], names = f, append(names, name)
		}
	}
	r.pairs(n, p, func(key, value *yaml.Node) {
		f, ok := fields[key.Value]
		if !ok {
			r.unknownKey(key, p, names)
			return
		}
		r.read(value, v.FieldByIndex(f.Index), place{path: below(p.path, key.Value), rule: f.Tag.Get("is"), key: f.Tag.Get("key")})
	})
}

func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// unknownKey says what was meant instead. A secret has no place in the file.
func (r *reader) unknownKey(key *yaml.Node, p place, names []string) {
	for _, word := range []string{"secret", "access-key", "accesskey", "password", "token"} {
		if strings.Contains(strings.ToLower(key.Value), word) {
			r.problem(at(key), p.path, "unknown key %s: secrets are not read from this file; name a profile, and keep them where Alibaba Cloud's tools do", quote(key.Value))
			return
		}
	}
	if guess := Closest(key.Value, names); guess != "" {
		r.problem(at(key), p.path, "unknown key %s (did you mean %q?)", quote(key.Value), guess)
		return
	}
	r.problem(at(key), p.path, "unknown key %s: choose %s", quote(key.Value), orList(names))
}

func (r *reader) readMap(n *yaml.Node, v reflect.Value, p place) {
	if v.Type() == valuesType {
		r.readParameters(n, v, p)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		r.wrongAt(p.path, "%s is empty: fill it, or take the key away", p.name())
	}
	r.pairs(n, p, func(key, value *yaml.Node) {
		if wrong := rules[p.key].refuse(key.Value); wrong != "" {
			r.problem(at(key), p.path, "%s", wrong)
			return
		}
		x := reflect.New(v.Type().Elem()).Elem()
		inner := place{path: below(p.path, key.Value), rule: p.rule}
		if x.Kind() == reflect.Slice && meant(value).Kind == yaml.ScalarNode {
			r.where[inner.path] = at(value) // one value needs no list
			x.Set(reflect.MakeSlice(x.Type(), 1, 1))
			r.read(value, x.Index(0), place{path: inner.path + "[0]", rule: p.rule})
		} else {
			r.read(value, x, inner)
		}
		v.SetMapIndex(reflect.ValueOf(key.Value), x)
	})
}

// readList reads a list of values or of things. No single value may stand in it twice.
func (r *reader) readList(n *yaml.Node, v reflect.Value, p place) {
	if n.Kind != yaml.SequenceNode {
		r.wrongAt(p.path, "%s must be a list, as in %s: [a, b], and is %s", p.name(), p.name(), kind(n))
		return
	}
	if len(n.Content) == 0 && !p.emptyFits {
		r.wrongAt(p.path, "%s is an empty list: fill it, or take the key away", p.name())
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	lines := map[string]int{}
	for i, x := range n.Content {
		before := r.total
		r.read(x, v.Index(i), place{path: fmt.Sprintf("%s[%d]", p.path, i), rule: p.rule, key: p.key})
		if x.Kind != yaml.ScalarNode || r.total > before {
			continue
		}
		if line, twice := lines[x.Value]; twice {
			r.problem(at(x), p.path, "%s stands in line %d already, remove one of them", quote(x.Value), line)
			continue
		}
		lines[x.Value] = x.Line
	}
}

// readScalar reads a word, a number, or true and false.
func (r *reader) readScalar(n *yaml.Node, v reflect.Value, p place) {
	text, err := scalar(n, v)
	if err == nil && p.rule != "" {
		if wrong := rules[p.rule].refuse(text); wrong != "" {
			r.wrongAt(p.path, "%s", wrong)
			return
		}
	}
	if err == nil {
		err = set(v, text)
	}
	if err != nil {
		r.wrongAt(p.path, "%s: %v", p.name(), err)
	}
}

// scalar is a node's text, where its type fits.
func scalar(n *yaml.Node, v reflect.Value) (string, error) {
	tag, want, fits := n.ShortTag(), "a word", false
	if n.Kind != yaml.ScalarNode {
		tag = ""
	}
	switch v.Kind() {
	case reflect.String:
		fits = tag == "!!str" || tag == "!!int"
	case reflect.Int:
		want, fits = "a whole number", tag == "!!int"
	case reflect.Float64:
		want, fits = "a number", tag == "!!int" || tag == "!!float"
	case reflect.Bool:
		want, fits = "true or false", tag == "!!bool"
	}
	if fits {
		return n.Value, nil
	}
	help := ""
	switch {
	case want == "a word" && n.Kind == yaml.ScalarNode:
		help = fmt.Sprintf(": write %q, in quotes", n.Value)
	case tag == "!!str" && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		help = ": write it without quotes"
	}
	return "", fmt.Errorf("want %s, and this is %s%s", want, kind(n), help)
}

// set makes the value of a text that scalar gave.
func set(v reflect.Value, text string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		// 010 is eight to YAML 1.1 and ten to people.
		i, err := strconv.Atoi(text)
		if err != nil || strconv.Itoa(i) != text {
			return fmt.Errorf("%s is no whole number as people write it", quote(text))
		}
		v.SetInt(int64(i))
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%s is no number as people write it", quote(text))
		}
		v.SetFloat(f)
	case reflect.Bool:
		v.SetBool(strings.EqualFold(text, "true"))
	default:
		panic("config: a field of type " + v.Type().String() + " cannot be read") // an error of ours
	}
	return nil
}

// kind says what a node is, in the words of a reader.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!str":
		return "the text " + quote(n.Value)
	case "!!int", "!!float":
		return "the number " + n.Value
	}
	return n.Value
}
