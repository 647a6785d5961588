package cloud

import (
	"os"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzReadRAM: arbitrary bytes never panic, and never become something that looks
// whole where a part is missing.
func FuzzReadRAM(f *testing.F) {
	b, err := os.ReadFile("simulator/hospital/ram.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range txtar.Parse(b).Files {
		f.Add(file.Data)
	}
	f.Add([]byte(`{"PolicyVersion":{"PolicyDocument":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		l := (&reader{acc: &Account{ID: "1"}}).lean("ram", "")
		users, p, err := decodeUsers(l, body, &Origin{})
		for _, u := range users {
			if err == nil && (u.ID == "" || u.CreateDate.IsZero() || p.items != len(users)) {
				t.Errorf("%+v", u)
			}
		}
		_, _, _ = decodeRAMGroups(l, body, &Origin{})
		_, _, _ = decodePolicies(l, body, &Origin{})
		_, _, _ = decodeRoles(l, body, &Origin{})
		_, _, _ = decodeMemberNames(body)
		_, _ = decodePasswordPolicy(body)
		_, _ = decodeSecurityPreference(body)
		_, _ = decodeRootMFA(body)
		_, _ = decodeRootKeys(body)
		_, _ = decodeLastLogin(body)
		_, _ = decodeLoginProfile(body)
		_, _ = decodeLastUsed(body)
		_, _ = decodeAttached(body)
		if on, err := decodeMFA(body); err == nil && !on {
			t.Error("an answer without a device is no answer")
		}
		keys, err := decodeAccessKeys(body)
		for _, k := range keys {
			if err == nil && (k.Status == "" || k.CreateDate.IsZero()) {
				t.Errorf("%+v", k)
			}
		}
		list, err := decodePolicyVersion(body)
		for _, s := range list {
			if err != nil || s.Effect == "" || len(s.Action)+len(s.NotAction) == 0 || len(s.Resource)+len(s.NotResource) == 0 {
				t.Errorf("half a statement: %+v", s)
			}
		}
		trusts, err := decodeTrust(body)
		for _, s := range trusts {
			if err != nil || s.Effect == "" || len(s.RAM)+len(s.Service)+len(s.Federated) == 0 {
				t.Errorf("half a trust: %+v", s)
			}
		}
	})
}
