package report

import (
	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// The words that formats share, in both languages.

var levelNames = map[int]checks.Text{2: {EN: "level 2", ZH: "第二级"}, 3: {EN: "level 3", ZH: "第三级"}, 4: {EN: "level 4", ZH: "第四级"}}

var verdictNames = map[Verdict]checks.Text{
	Met:           {EN: "met", ZH: "符合"},
	Partly:        {EN: "partly met", ZH: "部分符合"},
	NotMet:        {EN: "not met", ZH: "不符合"},
	NotApplicable: {EN: "not applicable", ZH: "不适用"},
	NotAssessed:   {EN: "not assessed", ZH: "未核查"},
	ToConfirm:     {EN: "to confirm", ZH: "待确认"},
	Manual:        {EN: "manual", ZH: "人工核查"},
	Inherited:     {EN: "inherited", ZH: "云平台侧"},
}

// Text is the verdict's name in both languages.
func (v Verdict) Text() checks.Text { return verdictNames[v] }

// verdictMeanings say in a sentence what a reader is to make of each.
var verdictMeanings = map[Verdict]checks.Text{
	Met:           {EN: "the configuration proves it", ZH: "云上配置足以证明"},
	Partly:        {EN: "a shortcoming is proven", ZH: "已证明存在不足"},
	NotMet:        {EN: "the configuration disproves it", ZH: "云上配置证明未达到"},
	NotApplicable: {EN: "does not arise here", ZH: "本对象不涉及"},
	NotAssessed:   {EN: "something needed was not read", ZH: "所需数据未能读取"},
	ToConfirm:     {EN: "supported; a person confirms", ZH: "有佐证，待人工确认"},
	Manual:        {EN: "a person must answer", ZH: "需人工核查"},
	Inherited:     {EN: "the provider's evidence is needed", ZH: "需云服务商提供证明"},
}

var statusNames = map[checks.Status]checks.Text{
	checks.Pass:          {EN: "pass", ZH: "通过"},
	checks.Fail:          {EN: "fail", ZH: "不通过"},
	checks.Unknown:       {EN: "unknown", ZH: "未知"},
	checks.NotApplicable: {EN: "not applicable", ZH: "不适用"},
}

var dutyNames = map[mlps.Responsibility]checks.Text{
	mlps.TenantDuty:   {EN: "tenant", ZH: "租户"},
	mlps.ProviderDuty: {EN: "provider", ZH: "云服务商"},
	mlps.SharedDuty:   {EN: "both", ZH: "双方"},
}

var strengthNames = map[mlps.Strength]checks.Text{
	mlps.Direct:  {EN: "decides", ZH: "判定"},
	mlps.Partial: {EN: "supports", ZH: "佐证"},
}

// unitMark follows a unit's number that no public source confirms.
const unitMark = "*"

var unitNote = checks.Text{
	EN: "* unit number computed by the rule of GB/T 28448-2019 and compared with no public source; check it against a licensed copy",
	ZH: "* 该测评单元编号按 GB/T 28448-2019 编号规则推算，未与公开资料核对；引用前请对照正式标准文本",
}

// markedUnit is a clause's unit with its mark.
func (c Clause) markedUnit() string {
	if c.UnitSource == mlps.CrossChecked {
		return c.Unit
	}
	return c.Unit + unitMark
}

// readingNames say how the reading of an account went.
var readingNames = map[ReadingStatus]checks.Text{
	Whole:   {EN: "read", ZH: "已读取"},
	Stopped: {EN: "stopped before its end", ZH: "中途中止"},
	Failed:  {EN: "not read", ZH: "未能读取"},
}
