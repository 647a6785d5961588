package checks

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// mostDays is the largest number of days that a parameter may be.
const mostDays = 36500

// most is the largest number that any other parameter may be.
const most = 1_000_000_000

// Check says what is wrong with a value that a user gives the parameter, with the
// next step; nil for nothing. The value is of the default's type. A value with
// which the check could not fail is refused: who does not want a check leaves it out.
func (p Param) Check(value any) error {
	switch v := value.(type) {
	case int:
		least, greatest := p.Limits()
		if v < least || v > greatest {
			return fmt.Errorf("%d is not within %d and %d", v, least, greatest)
		}
	case []string:
		if def, _ := p.Default.([]string); len(v) == 0 && len(def) > 0 {
			return fmt.Errorf("an empty list would let everything pass: skip the check instead")
		}
		for i, word := range v {
			switch {
			case p.Name == "ports" && !isPorts(word):
				return fmt.Errorf("%q is no port: write 22, or 137-139 for a range, within 1 and %d", word, maxPort)
			case strings.TrimSpace(word) != word || word == "":
				return fmt.Errorf("%q is empty or has blanks around it", word)
			case slices.Contains(v[:i], word):
				return fmt.Errorf("%q stands in it twice", word)
			}
		}
	}
	if got, want := reflect.TypeOf(value), reflect.TypeOf(p.Default); got != want {
		return fmt.Errorf("it is of type %v, and not %v", got, want)
	}
	return nil
}

// Limits are the least and the greatest number that a parameter of type int may be.
func (p Param) Limits() (least, greatest int) {
	def, _ := p.Default.(int)
	if p.Name == "days" || strings.HasSuffix(p.Name, "_days") {
		return min(1, def), mostDays
	}
	return min(1, def), most
}

// PortPattern is the form of a user's port or range of ports.
const PortPattern = `^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$`

var portForm = regexp.MustCompile(PortPattern)

func isPorts(s string) bool {
	_, ok := parsePorts(s)
	return ok && portForm.MatchString(s)
}
