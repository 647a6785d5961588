package simulator

import "net/http"

// A failure is an error that the cloud answers.
type failure struct {
	status        int
	code, message string
	// endpoint is where OSS says the bucket should be asked.
	endpoint string
	// details are further fields of the answer: AccessDeniedDetail and such.
	details map[string]any
	header  map[string]string
}

func fail(status int, code, message string) *failure {
	return &failure{status: status, code: code, message: message}
}

// The services that put their errors in words of their own.
const (
	oss = "oss"
	sls = "sls"
)

func denied(c *call) *failure {
	switch c.service {
	case oss:
		return fail(http.StatusForbidden, "AccessDenied", "You have no right to access this object because of bucket acl.")
	case sls:
		return fail(http.StatusForbidden, "Unauthorized", "denied by sts or ram, action: log:"+c.action+", resource: acs:log:"+c.region+":*")
	}
	action := c.service + ":" + c.action
	e := fail(http.StatusForbidden, "NoPermission", "You are not authorized to do this action. You should be authorized by RAM.")
	if c.service == "ecs" || c.service == "vpc" || c.service == "rds" {
		e.code, e.message = "Forbidden.RAM", "User not authorized to operate on the specified resource, or this API doesn't support RAM."
	}
	if c.service == "kms" {
		e.code, e.message = "Forbidden.NoPermission", "This operation is forbidden by permission system."
	}
	e.details = map[string]any{"AccessDeniedDetail": map[string]string{
		"AuthAction": action, "AuthPrincipalType": "SubUser", "NoPermissionType": "ImplicitDeny", "PolicyType": "AccountLevelIdentityBasedPolicy",
	}}
	return e
}

func throttled(service string) *failure {
	switch service {
	case oss:
		return fail(http.StatusServiceUnavailable, "QpsLimitExceeded", "Please reduce your request rate.")
	case sls:
		return fail(http.StatusForbidden, "ReadQuotaExceed", "Read quota is exceeded.")
	}
	return fail(http.StatusBadRequest, "Throttling.User", "Request was denied due to user flow control.")
}

func notOpen(service string) *failure {
	switch service {
	case oss:
		return fail(http.StatusForbidden, "UserNotOpenOSSService", "The user has not opened OSS service.")
	case sls:
		return fail(http.StatusForbidden, "Unauthorized.ServiceNotOpen", "The service is not open.")
	}
	return fail(http.StatusBadRequest, "ServiceNotOpen", "The product has not been activated.")
}

func tokenExpired(service string) *failure {
	switch service {
	case oss:
		return fail(http.StatusForbidden, "SecurityTokenExpired", "The security token you provided has expired.")
	case sls:
		return fail(http.StatusUnauthorized, "SecurityTokenExpired", "The security token has expired.")
	}
	return fail(http.StatusBadRequest, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
}

func missing(param string) *failure {
	return fail(http.StatusBadRequest, "Missing"+param, "The input parameter \""+param+"\" that is mandatory for processing this request is not supplied.")
}

func invalid(param string) *failure {
	return fail(http.StatusBadRequest, "InvalidParameter", "The specified parameter \""+param+"\" is not valid.")
}
