package live

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// sendSLS signs by hand: the vendor's SDK for the log service brings in a
// hundred packages, and one GET is all that is needed of it.
func sendSLS(c *call) error {
	if c.Action != "GetLogStore" {
		return fmt.Errorf("sls/%s: no such call", c.Action)
	}
	project, store := c.Params["project"], c.Params["logstore"]
	if !label.MatchString(project) || !label.MatchString(store) {
		return fmt.Errorf("project %q, logstore %q: not the names of such", project, store)
	}
	host := c.host()
	if host == "" {
		host = c.region + ".log.aliyuncs.com"
	}
	at := url.URL{Scheme: c.scheme(), Host: project + "." + host, Path: "/logstores/" + store}
	req, err := http.NewRequestWithContext(c.exchange.ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return err
	}
	if c.agent != "" {
		req.Header.Set("User-Agent", c.agent)
	}
	signSLS(req, c.keys, time.Now())
	resp, err := c.exchange.RoundTrip(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// signSLS adds the headers of a bodiless request in the log service's protocol
// 0.6.0, signature version 1.
func signSLS(req *http.Request, k Keys, now time.Time) {
	h := map[string]string{
		"x-log-apiversion":      "0.6.0",
		"x-log-bodyrawsize":     "0",
		"x-log-signaturemethod": "hmac-sha1",
	}
	if k.Token != "" {
		h["x-acs-security-token"] = k.Token
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		req.Header.Set(name, h[name])
		lines = append(lines, name+":"+h[name])
	}
	date := now.UTC().Format(http.TimeFormat)
	req.Header.Set("Date", date)
	text := strings.Join([]string{req.Method, "", "", date, strings.Join(lines, "\n"), req.URL.Path}, "\n")
	mac := hmac.New(sha1.New, []byte(k.Secret))
	mac.Write([]byte(text))
	req.Header.Set("Authorization", "LOG "+k.ID+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
