package cloud

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
)

func saved(t *testing.T, files map[string]string) *Archive {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, body := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(body)}
	}
	a, err := NewArchive(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const memberOne = `{"AccountId":"1000000000000001","DisplayName":"his-prod","Status":"CreateSuccess","ResourceDirectoryPath":"rd-1/r-root/fd-a/fd-b/1000000000000001","FolderId":"fd-b"}`

func TestMembers(t *testing.T) {
	two := saved(t, map[string]string{
		"resourcemanager/global/ListAccounts.json":   `{"RequestId":"1","TotalCount":2,"Accounts":{"Account":[` + memberOne + `]}}`,
		"resourcemanager/global/ListAccounts.2.json": `{"RequestId":"2","TotalCount":2,"Accounts":{"Account":[{"AccountId":"2","Status":"InviteSuccess","FolderId":"fd-c"}]}}`,
	})
	list, err := Members(context.Background(), two)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	if m := list[0]; !m.In("fd-a") || !m.In("fd-b") || m.In("fd-c") || !m.Joined() || m.Name != "his-prod" {
		t.Errorf("%+v", m)
	}
	if !list[1].In("fd-c") {
		t.Errorf("%+v", list[1])
	}
	for name, body := range map[string]string{
		"a page is missing": `{"RequestId":"1","TotalCount":2,"Accounts":{"Account":[` + memberOne + `]}}`,
		"no total":          `{"RequestId":"1","Accounts":{"Account":[` + memberOne + `]}}`,
		"no list":           `{"RequestId":"1","TotalCount":0}`,
		"no id":             `{"RequestId":"1","TotalCount":1,"Accounts":{"Account":[{"Status":"CreateSuccess"}]}}`,
	} {
		list, err := Members(context.Background(), saved(t, map[string]string{"resourcemanager/global/ListAccounts.json": body}))
		var e *Error
		if !errors.As(err, &e) || list != nil {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}

// TestResume: answers come from the archive, failures and lists that were cut
// short from the source, and nobody goes on with another account.
func TestResume(t *testing.T) {
	id := `{"RequestId":"0","AccountId":"1"}`
	regions := `{"RequestId":"0","Regions":{"Region":[{"RegionId":"cn-x"}]}}`
	part := saved(t, map[string]string{
		"sts/global/GetCallerIdentity.json":  id,
		"ecs/global/DescribeRegions.json":    regions,
		"ecs/cn-x/DescribeInstances.json":    `{"RequestId":"old","NextToken":"","Instances":{"Instance":[]}}`,
		"ecs/cn-x/DescribeDisks.json":        `{"RequestId":"old","NextToken":"more","Disks":{"Disk":[]}}`,
		"ecs/cn-x/DescribeImages.error.json": `{"HTTPStatus":503,"Code":"ServiceUnavailable"}`,
	})
	asked := map[string]int{}
	src := answering(func(req Request) (Answer, error) {
		asked[req.Call()]++
		body := map[string]string{"sts/GetCallerIdentity": id}[req.Call()]
		if body == "" {
			body = `{"RequestId":"new"}`
		}
		return Answer{Body: []byte(body), RequestID: "new"}, nil
	})
	r, err := Resume(context.Background(), part, src)
	if err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]string{"DescribeInstances": "old", "DescribeDisks": "new", "DescribeImages": "new", "DescribeSnapshots": "new"} {
		a, err := r.Call(context.Background(), Request{Service: "ecs", Region: "cn-x", Action: action, Page: 1})
		if err != nil || a.RequestID != want {
			t.Errorf("%s: from %q, want %q; %v", action, a.RequestID, want, err)
		}
	}
	if asked["sts/GetCallerIdentity"] != 1 {
		t.Errorf("the account was asked for %d times", asked["sts/GetCallerIdentity"])
	}
	other := answering(func(Request) (Answer, error) {
		return Answer{Body: []byte(`{"RequestId":"0","AccountId":"2"}`), RequestID: "0"}, nil
	})
	var wrong *OtherAccountError
	if _, err := Resume(context.Background(), part, other); !errors.As(err, &wrong) {
		t.Errorf("another account: %v", err)
	}
}
