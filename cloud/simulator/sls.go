package simulator

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
)

// slsProtocol is that of the log service, as far as GetLogStore.
type slsProtocol struct{}

func (slsProtocol) idHeader() string { return "x-log-requestid" }

// read understands and authenticates a request. The project is the first label
// of the host: project.cn-hangzhou.log.aliyuncs.com.
func (slsProtocol) read(s *Simulator, r *http.Request, _ []byte, c *call) *failure {
	c.requestID = shortID(c.requestID)
	c.service, c.params = sls, map[string]string{}
	project, rest, _ := strings.Cut(hostname(r.Host), ".")
	if in, ok := strings.CutSuffix(rest, ".log.aliyuncs.com"); ok {
		c.region = strings.TrimSuffix(in, "-intranet")
	}
	c.params["project"] = project
	store, ok := strings.CutPrefix(r.URL.Path, "/logstores/")
	if !ok || r.Method != http.MethodGet || store == "" || strings.Contains(store, "/") {
		return fail(http.StatusNotFound, "InvalidAction", "The request path or method is not one of the log service's.")
	}
	c.action, c.params["logstore"] = "GetLogStore", store
	if f := s.authLOG(r, c); f != nil {
		return f
	}
	if len(r.URL.Query()) > 0 {
		return fail(http.StatusBadRequest, "ParameterInvalid", "GetLogStore takes no parameters.")
	}
	if c.region != "" && !regionName.MatchString(c.region) {
		return fail(http.StatusNotFound, "ProjectNotExist", "The Project does not exist : "+project)
	}
	return nil
}

func (s *Simulator) authLOG(r *http.Request, c *call) *failure {
	id, signature, ok := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "LOG "), ":")
	if !ok {
		return fail(http.StatusUnauthorized, "Unauthorized", "Authorization header is missing or not of the form LOG id:signature.")
	}
	if r.Header.Get("X-Log-Apiversion") != "0.6.0" || !strings.EqualFold(r.Header.Get("X-Log-Signaturemethod"), "hmac-sha1") {
		return fail(http.StatusBadRequest, "InvalidAPIVersion", "x-log-apiversion or x-log-signaturemethod is missing or not valid.")
	}
	date, err := http.ParseTime(first(r.Header.Get("X-Log-Date"), r.Header.Get("Date")))
	if err != nil {
		return fail(http.StatusBadRequest, "InvalidDateFormat", "Date must follow RFC822.")
	}
	if skewed(c.now, date) {
		return fail(http.StatusBadRequest, "RequestTimeExpired", "Request time exceeds 15 minutes from server time.")
	}
	if !s.key(id, c) {
		return fail(http.StatusUnauthorized, "Unauthorized", "The AccessKeyId is not found: "+id)
	}
	if !same(signature, base64SHA1(c.caller.Secret, textLOG(r))) {
		return fail(http.StatusUnauthorized, "SignatureNotMatch", "Signature does not match.")
	}
	return c.checkToken(r.Header.Get("X-Acs-Security-Token"))
}

// answer is the logstore in the region asked, or in any where the address names none.
func (slsProtocol) answer(_ *Simulator, c *call) (reply, *failure) {
	acc := c.caller.account
	places := []string{c.region}
	if c.region == "" {
		places = acc.regions(sls)
	}
	for _, place := range places {
		d, err := acc.find(entry(sls, place, c.action, c.params), "")
		switch {
		case errors.Is(err, errAbsent):
			continue
		case err != nil:
			return reply{}, badData(err)
		case d.failure != nil:
			return reply{}, d.failure
		}
		return reply{status: http.StatusOK, contentType: "application/json", body: d.body}, nil
	}
	if c.hasProject(places) {
		return reply{}, fail(http.StatusNotFound, "LogStoreNotExist", "logstore "+c.params["logstore"]+" does not exist")
	}
	return reply{}, fail(http.StatusNotFound, "ProjectNotExist", "The Project does not exist : "+c.params["project"])
}

// hasProject reports whether the account knows any logstore of the project.
func (c *call) hasProject(places []string) bool {
	for _, place := range places {
		entries, _ := fs.ReadDir(c.caller.account.fsys, sls+"/"+folder(place))
		for _, e := range entries {
			if strings.Contains(e.Name(), "&project="+url.QueryEscape(c.params["project"])+".") {
				return true
			}
		}
	}
	return false
}

// fail answers a failure in the log service's words.
func (slsProtocol) fail(_ *http.Request, _ *call, f *failure) reply {
	b, _ := json.Marshal(map[string]string{"errorCode": f.code, "errorMessage": f.message}) // strings only
	return reply{status: f.status, contentType: "application/json", body: b, header: f.header}
}
