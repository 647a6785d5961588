package cloud

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// answering is a Source made of one function.
type answering func(Request) (Answer, error)

func (f answering) Call(_ context.Context, req Request) (Answer, error) { return f(req) }

var when = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// echo answers with the request's own name; "xml" actions in XML, "Denied" never.
var echo = answering(func(r Request) (Answer, error) {
	if r.Action == "Denied" {
		return Answer{}, &Error{Service: r.Service, Region: r.Region, Action: r.Action, Code: "Forbidden.RAM", Message: "no", HTTPStatus: 403, RequestID: "R-no"}
	}
	body := fmt.Sprintf(`{"name":%q}`, r.entry())
	if r.Action == "Xml" {
		body = "<a>" + r.Service + "</a>"
	}
	return Answer{Body: []byte(body), RequestID: "R-" + r.entry(), Time: when.Add(time.Minute)}, nil
})

var sampleCalls = []Request{
	{Service: "ecs", Region: "cn-hangzhou", Action: "DescribeInstances", Params: map[string]string{"MaxResults": "100", "NextToken": "x"}, Page: 2},
	{Service: "oss", Region: "cn-hangzhou", Action: "Xml", Params: map[string]string{"bucket": "日志/ü"}},
	{Service: "rds", Region: "cn-hangzhou", Action: "Denied", Params: map[string]string{"DBInstanceId": "rm-1"}},
}

func record(t *testing.T, close bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mlpscan")
	r, err := Record(echo, path, Scan{Tool: "test", Started: when})
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range sampleCalls {
		_, _ = r.Call(t.Context(), req)
	}
	if close {
		if _, err := r.Close(&Account{ID: "1"}, when); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestRecordedAnswersComeBack(t *testing.T) {
	a, err := OpenArchive(record(t, true))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if a.Partial || a.Scan.Tool != "test" || !a.Scan.Started.Equal(when) {
		t.Errorf("scan %+v, partial %v", a.Scan, a.Partial)
	}
	for _, req := range sampleCalls {
		want, wantErr := echo.Call(t.Context(), req)
		got, err := a.Call(t.Context(), req)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || !bytes.Equal(got.Body, want.Body) || got.RequestID != want.RequestID || !got.Time.Equal(want.Time) {
			t.Errorf("%s: got %s %s %v %v, want %s %s %v %v", req.entry(), got.Body, got.RequestID, got.Time, err, want.Body, want.RequestID, want.Time, wantErr)
		}
		var e *Error
		if errors.As(err, &e) && (e.Class() != Denied || e.RequestID != "R-no" || e.HTTPStatus != 403) {
			t.Errorf("%s: %+v", req.entry(), e)
		}
	}
	_, err = a.Call(t.Context(), Request{Service: "ecs", Action: "Never"})
	var e *Error
	if !errors.As(err, &e) || e.Class() != Absent {
		t.Errorf("a call that was not saved: %v", err)
	}
}

func TestArchiveIsPrivateAndNeverOverwritten(t *testing.T) {
	path := record(t, true)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if _, err := Record(echo, path, Scan{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second scan into the same file: %v", err)
	}
}

// TestCutArchive cuts a whole and a killed archive at every length: it opens as
// partial with whole answers only, or says that it is no archive.
func TestCutArchive(t *testing.T) {
	for _, closed := range []bool{true, false} {
		whole, err := os.ReadFile(record(t, closed))
		if err != nil {
			t.Fatal(err)
		}
		most, path := 0, filepath.Join(t.TempDir(), "cut.mlpscan")
		for n := range len(whole) + 1 {
			most = max(most, openCut(t, path, whole[:n]))
		}
		if most != len(sampleCalls) {
			t.Errorf("closed %v: at most %d of %d answers came back", closed, most, len(sampleCalls))
		}
	}
}

// openCut counts the answers in an archive that was cut.
func openCut(t *testing.T, path string, b []byte) int {
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := OpenArchive(path)
	if errors.Is(err, ErrNotArchive) {
		return 0
	}
	if err != nil {
		t.Fatalf("cut at %d: %v", len(b), err)
	}
	defer a.Close()
	n := 0
	for _, req := range sampleCalls {
		want, wantErr := echo.Call(t.Context(), req)
		got, err := a.Call(t.Context(), req)
		var e *Error
		if errors.As(err, &e) && e.Code == CodeAbsent {
			continue
		}
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || !bytes.Equal(got.Body, want.Body) {
			t.Fatalf("cut at %d: %s: %s %v", len(b), req.entry(), got.Body, err)
		}
		n++
	}
	if n < len(sampleCalls) && !a.Partial {
		t.Fatalf("cut at %d: %d answers and not partial", len(b), n)
	}
	return n
}

// rewrite makes the archive again with each entry's bytes changed by f; nil drops it.
func rewrite(t *testing.T, path string, f func(name string, b []byte) []byte) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range z.File {
		b, _ := fs.ReadFile(z, e.Name)
		if b = f(e.Name, b); b != nil {
			o, _ := w.Create(e.Name)
			_, _ = o.Write(b)
		}
	}
	_ = w.Close()
	path = filepath.Join(t.TempDir(), "b.mlpscan")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAlteredArchive(t *testing.T) {
	path := record(t, true)
	tests := map[string]struct {
		change func(name string, b []byte) []byte
		want   error
	}{
		"an answer changed": {func(name string, b []byte) []byte { return bytes.Replace(b, []byte("<a>"), []byte("<b>"), 1) }, ErrAlteredArchive},
		"an answer gone": {func(name string, b []byte) []byte {
			if strings.HasSuffix(name, ".xml") {
				return nil
			}
			return b
		}, ErrAlteredArchive},
		"the manifest gone": {func(name string, b []byte) []byte {
			if name == manifestEntry {
				return nil
			}
			return b
		}, ErrAlteredArchive},
		"newer": {func(name string, b []byte) []byte {
			return bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 2`), 1)
		}, ErrNewerArchive},
		"another zip": {func(name string, b []byte) []byte {
			if name == scanEntry {
				return nil
			}
			return b
		}, ErrNotArchive},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := OpenArchive(rewrite(t, path, tt.change))
			if err == nil {
				_, err = a.Call(t.Context(), sampleCalls[1])
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// TestDamagedArchive flips every byte in turn: what comes back is what was
// recorded, or an error; never something else.
func TestDamagedArchive(t *testing.T) {
	whole, err := os.ReadFile(record(t, true))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "c.mlpscan")
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 0xff
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := OpenArchive(path)
		if err != nil {
			continue
		}
		for _, req := range sampleCalls {
			want, wantErr := echo.Call(t.Context(), req)
			got, err := a.Call(t.Context(), req)
			if err == nil && (wantErr != nil || !bytes.Equal(got.Body, want.Body)) {
				t.Fatalf("byte %d: %s became %s", i, req.entry(), got.Body)
			}
		}
		a.Close()
	}
}

func TestRecorderIsSafeSideBySide(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mlpscan")
	r, err := Record(echo, path, Scan{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			_, err := r.Call(t.Context(), Request{Service: "s", Action: "A", Params: map[string]string{"i": fmt.Sprint(i)}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, err := r.Close(&Account{}, when); err != nil {
		t.Fatal(err)
	}
	a, err := OpenArchive(path)
	if err != nil || len(a.sums) != 201 {
		t.Errorf("%d entries, %v", len(a.sums), err)
	}
}

func TestFullDiskEndsTheScan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mlpscan")
	r, err := Record(echo, path, Scan{})
	if err != nil {
		t.Fatal(err)
	}
	r.file.Close() // from here on every write fails, as on a full disk
	_, err = r.Call(t.Context(), sampleCalls[0])
	var e *Error
	if err == nil || errors.As(err, &e) {
		t.Errorf("got %v, want an error that ends the scan", err)
	}
}
