package mlps

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Question is what to ask a person about a requirement, because the cloud's
// API cannot tell all of it, and what the person should show.
type Question struct {
	Ask      Text // a question to put to a person
	Evidence Text // what to look at, and where a system on Alibaba Cloud has it
}

// Question is what a person must answer for the item: all of it where its class
// says that the API tells nothing, the rest where it tells a part. Every item of
// the list has one.
func (it Item) Question() Question { return questions()[it.ID] }

//go:embed questions.txt
var questionsText string

// questions are the questions by the id of their item.
var questions = sync.OnceValue(func() map[string]Question {
	byID, err := parseQuestions(questionsText)
	if err != nil {
		panic("mlps: " + err.Error())
	}
	return byID
})

// questionLines are the lines of an entry, in their order, below that of the ids.
var questionLines = []string{"ask.zh", "ask.en", "evidence.zh", "evidence.en"}

// parseQuestions reads the list as strictly as parse reads the clauses: an id
// that is no requirement, a second question for one, a line that lacks or stands
// at the wrong place, a half-width comma in Chinese are errors that name the line.
func parseQuestions(text string) (map[string]Question, error) {
	byID := map[string]Question{}
	var p questionParser
	// The empty line closes an entry at the end of the file.
	for i, line := range append(strings.Split(text, "\n"), "") {
		if err := p.line(line, byID); err != nil {
			return nil, fmt.Errorf("questions.txt line %d: %w", i+1, err)
		}
	}
	return byID, nil
}

// questionParser is the entry that is open: its ids, and the texts so far.
type questionParser struct {
	ids   []string
	texts []string
}

func (p *questionParser) line(line string, byID map[string]Question) error {
	switch {
	case strings.HasPrefix(line, "#"):
		return nil
	case line == "":
		return p.close(byID)
	case p.ids == nil:
		return p.open(line, byID)
	case len(p.texts) == len(questionLines):
		return fmt.Errorf("an empty line is due after %s", questionLines[len(questionLines)-1])
	}
	key, text, _ := strings.Cut(line, " ")
	if want := questionLines[len(p.texts)]; key != want {
		return fmt.Errorf("%q where %s is due", key, want)
	}
	if err := checkQuestionText(key, text); err != nil {
		return err
	}
	p.texts = append(p.texts, text)
	return nil
}

// open reads the line of ids.
func (p *questionParser) open(line string, byID map[string]Question) error {
	ids := strings.Fields(line)
	for i, id := range ids {
		if _, ok := Find(id); !ok {
			return fmt.Errorf("no clause %q", id)
		}
		if _, twice := byID[id]; twice || slices.Contains(ids[:i], id) {
			return fmt.Errorf("clause %s has a question already", id)
		}
	}
	p.ids = ids
	return nil
}

func (p *questionParser) close(byID map[string]Question) error {
	if p.ids == nil {
		return nil
	}
	if n := len(p.texts); n < len(questionLines) {
		return fmt.Errorf("the entry ends where %s is due", questionLines[n])
	}
	q := Question{Ask: Text{ZH: p.texts[0], EN: p.texts[1]}, Evidence: Text{ZH: p.texts[2], EN: p.texts[3]}}
	for _, id := range p.ids {
		byID[id] = q
	}
	*p = questionParser{}
	return nil
}

// checkQuestionText holds a text to its language's marks: a question ends with a
// question mark, evidence with a full stop, Chinese has no half-width marks
// between its sentences and English no Chinese at all.
func checkQuestionText(key, text string) error {
	end := map[string]string{"ask.zh": "？", "ask.en": "?", "evidence.zh": "。", "evidence.en": "."}[key]
	switch {
	case text == "" || text != strings.TrimSpace(text):
		return fmt.Errorf("%s is empty or has blanks around it", key)
	case !strings.HasSuffix(text, end):
		return fmt.Errorf("%s does not end with %q", key, end)
	case strings.HasSuffix(key, "zh") && strings.ContainsAny(text, `,;:?!()"'`):
		return fmt.Errorf("%s has a half-width mark", key)
	case strings.HasSuffix(key, "en") && strings.ContainsFunc(text, func(r rune) bool { return r > 0x7f }):
		return fmt.Errorf("%s has a character that is not ASCII", key)
	}
	return nil
}
