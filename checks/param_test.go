package checks

import "testing"

// TestParams: every default is a value that a user may give, and what would let
// everything pass is none.
func TestParams(t *testing.T) {
	for _, c := range All {
		for _, p := range c.Params {
			if err := p.Check(p.Default); err != nil {
				t.Errorf("%s: the default of %s: %v", c.ID, p.Name, err)
			}
		}
	}
	days, ports := Param{Name: "days", Default: 7}, Param{Name: "ports", Default: []string{"22"}}
	accounts := Param{Name: "accounts", Default: []string{}}
	for _, x := range []struct {
		param Param
		value any
		good  bool
	}{
		{days, 1, true}, {days, 36500, true}, {days, 0, false}, {days, -1, false}, {days, 36501, false}, {days, "7", false}, {days, nil, false},
		{ports, []string{"22", "137-139", "65535"}, true}, {ports, []string{}, false}, {ports, []string{"0"}, false}, {ports, []string{"65536"}, false},
		{ports, []string{"9-8"}, false}, {ports, []string{"ssh"}, false}, {ports, []string{"-1/-1"}, false}, {ports, []string{"22/22"}, false}, {ports, []string{"22", "22"}, false},
		{accounts, []string{}, true}, {accounts, []string{"x"}, true}, {accounts, []string{""}, false}, {accounts, []string{" x"}, false}, {accounts, 3, false},
	} {
		if err := x.param.Check(x.value); (err == nil) != x.good {
			t.Errorf("%s = %v: %v", x.param.Name, x.value, err)
		}
	}
}
