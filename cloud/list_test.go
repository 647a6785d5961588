package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// numbers is a list of n items behind an API that pages it: at most limit a
// page whatever is asked for, by number or by token.
func numbers(n, limit int, style paging) answering {
	return func(r Request) (Answer, error) {
		size, _ := strconv.Atoi(r.Params[style.size])
		size = min(max(size, 1), limit)
		from := 0
		if style.next == "PageNumber" {
			page, _ := strconv.Atoi(r.Params["PageNumber"])
			from = (page - 1) * size
		} else if token := r.Params[style.next]; token != "" {
			from, _ = strconv.Atoi(strings.TrimPrefix(token, "t"))
		}
		to := min(from+size, n)
		body := map[string]any{"RequestId": "R", "TotalCount": n, "Items": make([]int, max(to-from, 0))}
		if to < n && style.next != "PageNumber" {
			body["NextToken"] = "t" + strconv.Itoa(to)
		}
		b, err := json.Marshal(body)
		return Answer{Body: b, RequestID: "R"}, err
	}
}

// readNumbers reads such a list to its end.
func readNumbers(t *testing.T, src Source, style paging) (items, calls int, e *Error) {
	t.Helper()
	counting := answering(func(req Request) (Answer, error) {
		calls++
		if calls > 1000 {
			t.Fatal("the list is read for ever")
		}
		return src.Call(t.Context(), req)
	})
	r := testReader(t.Context(), counting)
	e = r.listed(Request{Service: "ecs", Region: "cn-x", Action: "List"}, style, func(body []byte, _ *Origin) (page, error) {
		var b struct {
			Items      []int
			TotalCount int
			NextToken  string
		}
		if err := json.Unmarshal(body, &b); err != nil {
			return page{}, err
		}
		items += len(b.Items)
		return page{items: len(b.Items), total: b.TotalCount, next: b.NextToken}, nil
	})
	if (e != nil) != (len(r.acc.Missing) > 0) {
		t.Errorf("failure %v, missing %v", e, r.acc.Missing)
	}
	return items, calls, e
}

func testReader(ctx context.Context, src Source) *reader {
	ctx, cancel := context.WithCancelCause(ctx)
	return &reader{ctx: ctx, cancel: cancel, src: src, acc: &Account{}, slots: make(chan struct{}, 4)}
}

func TestListIsReadToItsEnd(t *testing.T) {
	for _, style := range []paging{byToken(100), byNumber(100)} {
		for _, n := range []int{0, 1, 99, 100, 101, 250, 1000} {
			for _, limit := range []int{100, 50, 7} { // the API may give smaller pages than asked for
				items, calls, e := readNumbers(t, numbers(n, limit, style), style)
				fewest := max(1, (n+limit-1)/limit)
				if items != n || calls != fewest || e != nil {
					t.Errorf("%s, %d items, pages of %d: got %d in %d calls (fewest: %d), %v", style.next, n, limit, items, calls, fewest, e)
				}
			}
		}
	}
}

func TestListThatBreaksIsMissing(t *testing.T) {
	ok := Answer{RequestID: "R"}
	body := func(s string) Answer { a := ok; a.Body = []byte(s); return a }
	tests := map[string]struct {
		style paging
		src   answering
	}{
		"ends before its total":   {byNumber(100), func(r Request) (Answer, error) { return body(`{"TotalCount":9,"Items":[]}`), nil }},
		"the same token for ever": {byToken(100), func(r Request) (Answer, error) { return body(`{"NextToken":"t","Items":[1]}`), nil }},
		"not JSON":                {byToken(100), func(r Request) (Answer, error) { return body(`<html>`), nil }},
		"the wrong shape":         {byToken(100), func(r Request) (Answer, error) { return body(`{"Items":{"a":1}}`), nil }},
		"denied on page 2": {byNumber(100), func(r Request) (Answer, error) {
			if r.Page == 2 {
				return Answer{}, r.failed("Forbidden.RAM", "no")
			}
			return numbers(150, 100, byNumber(100))(r)
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, _, e := readNumbers(t, tt.src, tt.style); e == nil || e.Class() != Broken && e.Class() != Denied {
				t.Errorf("got %v", e)
			}
		})
	}
}

func TestPageNamesInAnArchive(t *testing.T) {
	r := Request{Service: "rds", Region: "cn-x", Action: "A", Params: map[string]string{"DBInstanceId": "rm-1", "PageNumber": "3", "PageSize": "100"}, Page: 3}
	if got, want := r.entry(), "rds/cn-x/A?DBInstanceId=rm-1.3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestErrorClasses(t *testing.T) {
	tests := []struct {
		code   string
		status int
		want   Class
	}{
		{"Forbidden.RAM", 403, Denied}, {"NoPermission", 403, Denied}, {"AccessDenied", 403, Denied}, {"", 403, Denied},
		{"Throttling.User", 400, Throttled}, {"Throttling", 429, Throttled}, {"Rejected.Throttling", 429, Throttled}, {"QpsLimitExceeded", 503, Throttled},
		{"NoSuchBucketPolicy", 404, Unset}, {"NoActiveBYOK", 404, Unset},
		{"InvaildEngineInRegion.ValueNotSupported", 400, Unsupported}, {"InstanceEngineType.NotSupport", 400, Unsupported},
		{"InvalidAccessKeyId.NotFound", 404, Fatal}, {"SignatureDoesNotMatch", 400, Fatal}, {"RequestTimeTooSkewed", 403, Fatal},
		{"UserDisable", 403, Denied}, {"InvalidRegionId.NotFound", 404, NotHere},
		{"InternalError", 500, Broken}, {"SomethingNew", 400, Broken}, {CodeBroken, 200, Broken}, {CodeTimeout, 0, Broken},
		{CodeAbsent, 0, Absent}, {CodeSkipped, 0, Absent},
	}
	for _, tt := range tests {
		if got := (&Error{Code: tt.code, HTTPStatus: tt.status}).Class(); got != tt.want {
			t.Errorf("%s (%d): got %s, want %s", tt.code, tt.status, got, tt.want)
		}
	}
}

func TestRAMAction(t *testing.T) {
	for _, tt := range [][3]string{{"ecs", "DescribeDisks", "ecs:DescribeDisks"}, {"sls", "GetLogStore", "log:GetLogStore"}, {"sts", "GetCallerIdentity", ""}} {
		if got := RAMAction(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s/%s: got %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

// identityAnd answers GetCallerIdentity and DescribeRegions, and hands the rest on.
func identityAnd(rest answering) answering {
	return func(r Request) (Answer, error) {
		switch r.Action {
		case "GetCallerIdentity":
			return Answer{Body: []byte(`{"AccountId":"1234567890123456"}`), RequestID: "R"}, nil
		case "DescribeRegions":
			return Answer{Body: []byte(`{"Regions":{"Region":[{"RegionId":"cn-x"}],"RDSRegion":[{"RegionId":"cn-x"},{"RegionId":"cn-x"}]}}`), RequestID: "R"}, nil
		}
		return rest(r)
	}
}

func TestReadReportsWhatItCouldNotRead(t *testing.T) {
	acc, err := Read(t.Context(), identityAnd(func(r Request) (Answer, error) {
		return Answer{}, r.failed("Forbidden.RAM", "no")
	}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if acc.ID != "1234567890123456" || len(acc.Missing) == 0 || acc.Partial {
		t.Errorf("account %s, partial %v, missing %v", acc.ID, acc.Partial, acc.Missing)
	}
}

func TestFatalErrorEndsTheScan(t *testing.T) {
	_, err := Read(t.Context(), identityAnd(func(r Request) (Answer, error) {
		return Answer{}, r.failed("InvalidSecurityToken.Expired", "expired")
	}), Options{})
	if err == nil || !strings.Contains(err.Error(), "InvalidSecurityToken.Expired") {
		t.Errorf("got %v", err)
	}
}

func TestBrokenDiskEndsTheScan(t *testing.T) {
	full := fmt.Errorf("no space left on device")
	_, err := Read(t.Context(), identityAnd(func(r Request) (Answer, error) { return Answer{}, full }), Options{})
	if err == nil || !strings.Contains(err.Error(), full.Error()) {
		t.Errorf("got %v", err)
	}
}

func TestStoppedScanIsPartial(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	acc, err := Read(ctx, identityAnd(func(r Request) (Answer, error) {
		cancel()
		return Answer{}, ctx.Err()
	}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !acc.Partial || len(acc.Missing) == 0 {
		t.Errorf("partial %v, missing %v", acc.Partial, acc.Missing)
	}
}
