package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The products do not agree, and not always with their own documentation, on
// whether a boolean or a number stands in quotation marks. These read both, and
// nothing else; behind a pointer, one that is absent or null stays nil.

// looseBool is a boolean that the provider may also write as a text or as 0 and 1.
type looseBool bool

// UnmarshalJSON reads true, "true", "True", 1 and their opposites.
func (l *looseBool) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(strings.Trim(string(b), `"`)) {
	case "true", "1":
		*l = true
	case "false", "0":
		*l = false
	case "null":
	default:
		return errors.New("neither true nor false: " + string(b))
	}
	return nil
}

// looseText is a text that the provider may also write as a number.
type looseText string

// UnmarshalJSON reads "180" and 180 alike.
func (l *looseText) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*l = looseText(s)
		return err
	}
	var n json.Number
	err := json.Unmarshal(b, &n)
	*l = looseText(n)
	return err
}

// looseInt is a whole number that the provider may also write as a text.
type looseInt int

// UnmarshalJSON reads 7 and "7", and refuses 7.5 and "".
func (l *looseInt) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	if s == "null" {
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("not a whole number: %s", b)
	}
	*l = looseInt(n)
	return nil
}

// counted is the page of an answer in page-number style, which must say how
// much the whole list holds: without that an end cannot be told from a loss.
func counted(items int, total *looseInt) (page, error) {
	if total == nil {
		return page{}, errors.New("TotalCount is missing")
	}
	return page{items: items, total: int(*total)}, nil
}
