// Package simulator answers like Alibaba Cloud over HTTP.
//
// A [Simulator] is an http.Handler that speaks the protocols of the real
// services, so that any of the vendor's clients can be pointed at it: RPC (with
// signatures of version 1 and of version 3), ROA, OSS (XML, path and
// virtual-host style, signatures of versions 1 and 4) and the log service. It
// verifies every signature with code of its own and shares none with the
// program that it tests: one mistake in both would cancel out.
//
// # Data
//
// An account is an [io/fs.FS] of raw answers, one file a call:
//
//	<service>/<region>/<Action>[?<identifying parameters>].json|xml
//	<service>/<region>/<Action>[?<identifying parameters>].error.json
//
// The region is "global" for a call that has none. A list is one file, however
// long; the simulator cuts it into pages as the API would (a recorded list in
// several files, <Action>.2.json and so on, is joined first). An .error.json is
// {"HTTPStatus", "Code", "Message"} and is answered as that error. [Hospital]
// is the demo account; [Generate] makes large ones.
//
// What has no file is answered as the API answers what is not there: an empty
// list, NoSuchBucketPolicy, InvalidDBInstanceId.NotFound, or the settings of a new
// account. [Organization] puts an account at the head of a resource directory.
//
// # Where it is stricter than the cloud
//
// A parameter that an action does not have is refused; the real gateway ignores
// it. Page tokens are good for the list they came from only. Both find mistakes
// of a client that the cloud would let pass until it matters.
//
// # Routing
//
// Requests are told apart by their Host: ecs.cn-hangzhou.aliyuncs.com,
// bucket.oss-cn-hangzhou.aliyuncs.com, project.cn-hangzhou.log.aliyuncs.com. A
// client that was given an address such as 127.0.0.1:8080 as its endpoint names
// no product there; then the API version, which no two products share, or the
// kind of signature tells.
package simulator
