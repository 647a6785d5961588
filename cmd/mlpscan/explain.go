package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report/evidence"
)

// explain gives an error that comes up in many places its hint: what the user
// can do about it.
func explain(err error) error {
	var h hinted
	if errors.As(err, &h) {
		return err
	}
	var call *cloud.Error
	switch {
	case errors.As(err, &call):
		return explainCall(err, call)
	case errors.Is(err, cloud.ErrNewerArchive):
		return withHint(err, "update mlpscan, or scan again with this version")
	case errors.Is(err, cloud.ErrAlteredArchive), errors.Is(err, evidence.ErrAltered):
		return withHint(err, "take an untouched copy of the file; an altered one is no evidence")
	case errors.Is(err, evidence.ErrNoSums):
		return withHint(err, "scan again: a scan that comes to its end leaves an archive that can be verified")
	case errors.Is(err, evidence.ErrNothing):
		return withHint(err, "give what mlpscan scan or mlpscan evidence wrote, such as mlpscan-….mlpscan or evidence.zip")
	case errors.Is(err, cloud.ErrNotArchive):
		return withHint(err, "give a file that mlpscan scan wrote, such as mlpscan-….mlpscan")
	case errors.Is(err, fs.ErrNotExist):
		return withHint(err, "check the path; ls shows what is there")
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "check who owns the file and its folder, or choose another path")
	case errors.Is(err, fs.ErrExist):
		return withHint(err, "choose another name, or move the old file away: nothing is overwritten")
	case errors.Is(err, context.Canceled):
		return withHint(err, "what was read so far is in the archive; mlpscan report --from opens it")
	}
	return err
}

// explainCall says what to do about a call without which there is no scan.
func explainCall(err error, e *cloud.Error) error {
	switch e.Code {
	case "NoCredential":
		if strings.Contains(e.Message, "cannot assume") {
			return withHint(err, "check the role's name, that its trust policy names this identity, and --external-id")
		}
		return withHint(err, noCredentialHint)
	case "InvalidAccessKeyId", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive":
		return withHint(err, "check the AccessKey id, and that the key is active: RAM console, Users, AccessKey")
	case "SignatureDoesNotMatch", "IncompleteSignature":
		return withHint(err, "check the AccessKey secret: it does not belong to this AccessKey id")
	case "InvalidTimeStamp.Expired", "InvalidTimeStamp.Format", "SignatureExpired", "RequestTimeTooSkewed":
		return withHint(err, "set this machine's clock: it differs too much from Alibaba Cloud's")
	case "InvalidSecurityToken.Expired", "SecurityTokenExpired":
		return withHint(err, "get a new STS token and scan again")
	case cloud.CodeNetwork, cloud.CodeTimeout:
		return withHint(err, "check the network, HTTPS_PROXY and --endpoint-url")
	case cloud.CodeBroken:
		return withHint(err, "check --endpoint-url and proxies: this does not answer as Alibaba Cloud does")
	case cloud.CodeAbsent:
		return withHint(err, "the archive is too short to judge; scan again")
	}
	if e.Class() == cloud.Denied {
		return withHint(err, "use credentials that may call "+e.RAMAction())
	}
	return withHint(err, "try again; request id "+e.RequestID+" names the call to Alibaba Cloud's support")
}
