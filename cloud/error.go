package cloud

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An Error is a call that failed, as the provider (or the way to it) put it.
// What it means for the scan is its [Class].
type Error struct {
	Service, Region, Action string
	// Resource is the id that the call asked about; "" for a list.
	Resource   string
	Code       string // the provider's error code, or one of our Code constants
	Message    string
	HTTPStatus int // 0 where no answer arrived
	RequestID  string
	// RetryAfter is how long the provider asks to wait; 0 where it does not say.
	RetryAfter time.Duration
	// Kind is the Class where the Source knows it better than the code tells; else "".
	Kind Class
}

// Codes of failures that no provider's code names.
const (
	// CodeNetwork: the connection failed (refused, reset, TLS, DNS).
	CodeNetwork = "NetworkError"
	// CodeTimeout: no complete answer within the call's deadline.
	CodeTimeout = "Timeout"
	// CodeBroken: an answer arrived and is not what the API promises: no JSON
	// or XML, no RequestId, a list that ends before its TotalCount.
	CodeBroken = "BrokenAnswer"
	// CodeAbsent: the archive does not hold this call.
	CodeAbsent = "NotInArchive"
	// CodeSkipped: the call was not made because one that it follows failed,
	// or the scan was stopped before it.
	CodeSkipped = "NotAsked"
)

// A Class says what a failed call means for the scan.
type Class string

// The classes. Only Unset, Unsupported and NotHere are facts about the account; every
// other class leaves something unread, and what depends on it unknown.
const (
	// Denied: the identity may not make this call; [Error.RAMAction] is to be granted.
	Denied Class = "denied"
	// Throttled: still refused for its rate after all retries.
	Throttled Class = "throttled"
	// NotHere: the product or region is not activated: it holds no resources.
	NotHere Class = "not_here"
	// Unset: the thing asked for is not configured (NoSuchBucketPolicy): a normal fact.
	Unset Class = "unset"
	// Unsupported: this engine or edition has no such feature: not applicable.
	Unsupported Class = "unsupported"
	// Broken: network, 5xx, an answer that does not parse, a code we do not know.
	Broken Class = "broken"
	// Absent: the archive does not hold the call.
	Absent Class = "absent"
	// Fatal: no call can succeed: a bad key, an expired token, a clock that is off.
	Fatal Class = "fatal"
)

func (e *Error) Error() string {
	where := e.Region
	if where == "" {
		where = globalFolder
	}
	s := fmt.Sprintf("%s/%s in %s", e.Service, e.Action, where)
	if e.Resource != "" {
		s += " for " + e.Resource
	}
	s += ": " + e.Code
	if e.Message != "" {
		s += ": " + e.Message
	}
	return s
}

// Call names the API without the place: "ecs/DescribeInstances".
func (e *Error) Call() string { return e.Service + "/" + e.Action }

// Class tells what the failure means, from the code and the HTTP status. It is
// worked out anew each time an archive is read, so that a code we learn later
// is understood in old scans too.
func (e *Error) Class() Class {
	if e.Kind != "" {
		return e.Kind
	}
	code := e.Code
	switch {
	case code == CodeAbsent, code == CodeSkipped:
		return Absent
	case code == CodeNetwork, code == CodeTimeout, code == CodeBroken:
		return Broken
	case slices.Contains(unsetCodes, code):
		return Unset
	case slices.Contains(unsupportedCodes, code):
		return Unsupported
	case slices.Contains(fatalCodes, code):
		return Fatal
	case IsThrottling(code, e.HTTPStatus):
		return Throttled
	case isNotHere(code):
		return NotHere
	case isDenied(code, e.HTTPStatus):
		return Denied
	}
	return Broken
}

// IsThrottling reports whether a code or HTTP status asks the caller to slow
// down. The products spell it differently (Throttling.User, Rejected.Throttling,
// QpsLimitExceeded), and some only say 429.
func IsThrottling(code string, status int) bool {
	return status == 429 || strings.HasPrefix(code, "Throttling") ||
		slices.Contains([]string{"Rejected.Throttling", "QpsLimitExceeded", "RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "WriteQuotaExceed", "ReadQuotaExceed"}, code)
}

var unsetCodes = []string{
	"NoSuchBucketPolicy", "NoSuchLifecycle", "NoSuchServerSideEncryptionRule",
	"NoSuchReplicationConfiguration", "NoSuchReplicationRule", "NoSuchWORMConfiguration",
	"NoSuchPublicAccessBlockConfiguration", "NoSuchReferer",
	"NoActiveBYOK", "EntityNotExist.User.LoginProfile", "EntityNotExist.User.MFADevice",
}

var unsupportedCodes = []string{
	"InstanceEngineType.NotSupport", "InvaildEngineInRegion.ValueNotSupported",
	"IncorrectDBInstanceType", "IncorrectEngineVersion", "Api.NotSupport",
}

var fatalCodes = []string{
	"InvalidAccessKeyId", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive",
	"SignatureDoesNotMatch", "SignatureNotMatch", "IncompleteSignature", "InvalidSecurityToken.Expired",
	"InvalidSecurityToken.Malformed", "InvalidSecurityToken.MismatchWithAccessKey",
	"SecurityTokenExpired", "InvalidSecurityToken", "RequestTimeTooSkewed",
	"InvalidTimeStamp.Expired", "InvalidTimeStamp.Format", "IllegalTimestamp", "SignatureExpired", "RequestTimeExpired", "Unauthorized.InvalidAccessKeyId",
}

// isNotHere does not count UserDisable: an overdue account has its resources
// still, so it must not look empty.
func isNotHere(code string) bool {
	return containsAny(code, "ServiceNotOpen", "NotOpen", "NotActivated", "RegionNotSupport",
		"InvalidRegionId.NotFound", "UnsupportedRegion", "ProductNotOpen")
}

func isDenied(code string, status int) bool {
	return status == 401 || status == 403 ||
		containsAny(code, "Forbidden", "NoPermission", "AccessDenied", "Unauthorized", "NotAuthorized", "AuthenticationFail")
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// ramPrefix is the service's name in RAM actions where it differs from ours.
var ramPrefix = map[string]string{"sls": "log"}

// RAMAction is the permission that lets an identity make the call, such as
// "ecs:DescribeInstances". STS GetCallerIdentity needs none, and has "".
func (e *Error) RAMAction() string { return RAMAction(e.Service, e.Action) }

// RAMAction is the RAM permission for one API call; "" where none is needed.
func RAMAction(service, action string) string {
	if service == "sts" {
		return ""
	}
	if p, ok := ramPrefix[service]; ok {
		service = p
	}
	return service + ":" + action
}
