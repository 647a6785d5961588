package config

import "github.com/mlpscan/mlpscan/checks"

// texts says what every key means, by its path without the places in lists.
var texts = map[string]checks.Text{
	"level":       {EN: "MLPS level of what no system claims (default: 3)", ZH: "不属于任何定级对象的资源的安全保护等级（默认 3）"},
	"lang":        {EN: "language of what is printed (default: from the locale)", ZH: "输出语言（默认取系统语言）"},
	"regions":     {EN: "regions to read (default: all that an account has opened)", ZH: "读取的地域（默认为账号已开通的全部地域）"},
	"services":    {EN: "services to judge (default: all)", ZH: "检查的云服务（默认全部）"},
	"checks":      {EN: "which checks run (default: all)", ZH: "执行的检查项（默认全部）"},
	"checks.only": {EN: "these alone", ZH: "仅执行这些检查项"},
	"checks.skip": {EN: "not these; the clauses that they decide are then not shown as met", ZH: "不执行这些检查项，其判定的条款不会显示为符合"},
	"parameters":  {EN: "parameters of checks: check id, parameter, value", ZH: "检查项参数：检查项、参数名、取值"},
	"fail-on":     {EN: "lowest severity that makes exit code 3 (default: low)", ZH: "使退出码为 3 的最低严重程度（默认 low）"},
	"concurrency": {EN: "calls under way at once, over all accounts (default: 16)", ZH: "同时进行的调用数，所有账号合计（默认 16）"},
	"timeout":     {EN: "stop reading after this long and report what was read (default: never)", ZH: "读取的最长时间，到时对已读内容出具报告（默认不限）"},
	"endpoints":   {EN: "addresses of single services, for private clouds and VPC endpoints; {region} stands for the region's id", ZH: "单个云服务的接入地址，用于专有云和 VPC 接入点；{region} 代表地域 ID"},
	"endpoint-url": {EN: "one address for every service that endpoints does not name, such as a simulator's",
		ZH: "endpoints 未列出的所有云服务共用的地址，例如模拟器的地址"},

	"accounts":              {EN: "accounts to scan, each with the way into it", ZH: "扫描的账号及其访问方式"},
	"accounts.id":           {EN: "id that the account must turn out to have", ZH: "账号 ID，须与实际账号一致"},
	"accounts.name":         {EN: "name to show", ZH: "显示名称"},
	"accounts.profile":      {EN: "profile of credentials (default: the default chain)", ZH: "凭证配置名（默认按默认凭证链）"},
	"accounts.role-arn":     {EN: "RAM role to assume", ZH: "扮演的 RAM 角色"},
	"accounts.external-id":  {EN: "external id that the role asks for", ZH: "角色要求的外部 ID"},
	"accounts.session-name": {EN: "name of the session in audit logs (default: mlpscan)", ZH: "审计日志中的会话名称（默认 mlpscan）"},
	"accounts.via":          {EN: "roles to assume one after the other before role-arn", ZH: "扮演 role-arn 之前依次扮演的角色"},
	"accounts.regions":      {EN: "regions of this account, instead of those above", ZH: "本账号读取的地域，取代上面的设置"},
	"accounts.disabled":     {EN: "true: not scanned", ZH: "为 true 时不扫描"},

	"organization":              {EN: "scan the members of a resource directory", ZH: "扫描资源目录的成员账号"},
	"organization.role-name":    {EN: "role to assume in each member (default: ResourceDirectoryAccountAccessRole)", ZH: "在每个成员账号中扮演的角色（默认 ResourceDirectoryAccountAccessRole）"},
	"organization.profile":      {EN: "profile that lists the members (default: the default chain)", ZH: "列出成员账号所用的凭证配置名（默认按默认凭证链）"},
	"organization.external-id":  {EN: "external id that the role asks for", ZH: "角色要求的外部 ID"},
	"organization.session-name": {EN: "name of the session in audit logs (default: mlpscan)", ZH: "审计日志中的会话名称（默认 mlpscan）"},
	"organization.folders":      {EN: "members below these folders (default: all)", ZH: "仅这些资源夹及其下级中的成员（默认全部）"},
	"organization.include":      {EN: "these members alone (default: all)", ZH: "仅这些成员（默认全部）"},
	"organization.exclude":      {EN: "not these members", ZH: "不包括这些成员"},

	"systems":          {EN: "grading objects: each gets a report of its own", ZH: "定级对象，每个定级对象单独出具报告"},
	"systems.name":     {EN: "name of the system", ZH: "系统名称"},
	"systems.level":    {EN: "its level, the higher of s and a; may be left out where both are given", ZH: "安全保护等级，取 s 与 a 的较高者，两者都填写时可省略"},
	"systems.s":        {EN: "grade of its business information", ZH: "业务信息安全等级"},
	"systems.a":        {EN: "grade of its service", ZH: "系统服务安全等级"},
	"systems.template": {EN: "edition of the report template (default: 2025)", ZH: "等级测评报告模板版本（默认 2025）"},
	"systems.select":   {EN: "resources that belong to it: each line that is given must hold", ZH: "所含资源：须同时满足所填各项"},
	"systems.exclude":  {EN: "resources that do not, though selected: where each line that is given holds", ZH: "排除的资源：同时满足所填各项的"},

	"systems.*.accounts":        {EN: "account ids", ZH: "账号 ID"},
	"systems.*.regions":         {EN: "region ids", ZH: "地域 ID"},
	"systems.*.resource-groups": {EN: "resource group ids", ZH: "资源组 ID"},
	"systems.*.tags":            {EN: "tags: every key, with any one of its values", ZH: "标签：须具备每个键，且值为所列之一"},
	"systems.*.vpcs":            {EN: "VPC ids", ZH: "专有网络 ID"},
	"systems.*.ids":             {EN: "resource ids", ZH: "资源 ID"},

	"estimate":               {EN: "how the conclusion is estimated; it is never a certification", ZH: "测评结论估算方式，估算不等于测评结论"},
	"estimate.partly-weight": {EN: "what a requirement counts that is partly met (default: 0.5)", ZH: "部分符合项的计分比例（默认 0.5）"},
	"estimate.attention":     {EN: "attention factor y of the 2021 formula (default: 0.5)", ZH: "2021 版公式的关注系数 y（默认 0.5）"},
}

// text is what a key means, in both languages on one line.
func text(path string) string {
	t := texts[path]
	return t.EN + " · " + t.ZH
}
