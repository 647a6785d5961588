package mlps

// classQuestion is what to ask about an item that questions.txt has not yet. It
// follows from how the item can be assessed: what is asked of a document differs
// from what is asked of a guest system.
func (it Item) classQuestion() Question {
	q, ok := classQuestions[it.Class]
	if !ok {
		q = classQuestions[Document]
	}
	return Question{Ask: Text{EN: q.Ask.EN + ": " + it.Requirement.EN, ZH: q.Ask.ZH + "：" + it.Requirement.ZH}, Evidence: q.Evidence}
}

var classQuestions = map[Class]Question{
	API: {
		Ask:      Text{"Beyond what the cloud's configuration shows, how is this met in the guest systems and applications", "除云上配置外，主机与应用层面如何落实该要求"},
		Evidence: Text{"Screenshots of the setting in guest systems and applications, with host name and time", "主机、应用相关配置截图，含主机名与时间"},
	},
	APIPart: {
		Ask:      Text{"The configuration shows a part. Who is responsible, and how is the rest met", "云上配置仅能证明一部分，其余部分由谁负责、如何落实"},
		Evidence: Text{"Rules or design that say so, screenshots or exports of the settings outside the cloud's API, and a sample of records", "相关制度或设计文件、云 API 以外的配置截图或导出文件，以及抽样记录"},
	},
	Host: {
		Ask:      Text{"Look into a sample of guest systems, databases and applications. How is this met there", "抽查主机、数据库与应用系统，如何落实该要求"},
		Evidence: Text{"The sample's list; configuration files, command output or screenshots of each, with host name, account and time", "抽样清单；每个对象的配置文件、命令输出或截图，含主机名、账户与时间"},
	},
	Provider: {
		Ask:      Text{"Ask the cloud provider: does its platform's certificate and assessment report cover this for the regions in use", "请云服务商说明：其云平台的备案证明与测评报告是否覆盖所用地域的该项要求"},
		Evidence: Text{"The platform's MLPS filing certificate (备案证明), the conclusion pages of its assessment report of this year, its level, and the regions that they name", "云平台等级保护备案证明、本年度测评报告结论页、平台等级，以及其中载明的地域"},
	},
	ProviderPart: {
		Ask:      Text{"Mainly the provider's duty. What is the tenant's part, and how is it met", "主要由云服务商负责。租户侧承担哪些部分，如何落实"},
		Evidence: Text{"The provider's certificate and report, the service agreement with its division of duties, and proof of the tenant's part", "云服务商备案证明与测评报告、载明责任划分的服务协议，以及租户侧落实情况的证明"},
	},
	Document: {
		Ask:      Text{"Which rule lays this down, who carries it out, and when was it last done", "由哪项制度规定、由谁执行、最近一次执行于何时"},
		Evidence: Text{"The rule with its number, version and approval; records of the last execution; the name of the person interviewed", "制度文件（编号、版本、审批记录）、最近一次执行记录、受访人姓名"},
	},
	DocumentPart: {
		Ask:      Text{"Which rule lays this down, and do the records agree with what the scan found", "由哪项制度规定，执行记录与扫描结果是否一致"},
		Evidence: Text{"The rule with its approval; records of the last execution, held against the findings of this report", "制度文件及审批记录；最近一次执行记录，并与本报告检查结果核对"},
	},
}
