package checks

import (
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// accountChecks look at all resources of the account, whatever their service.
var accountChecks = []Check{{
	ID:    "resource-in-mainland",
	Title: Text{"Every resource lies in mainland China", "所有资源均位于中国内地（大陆）地域"},
	Why: Text{"Data of a graded system and personal information are to be stored inside mainland China; what leaves it takes a procedure of its own. Hong Kong, Macao, Taiwan and foreign regions are outside.",
		"定级对象的数据和个人信息应存储于境内，出境须履行专门程序。香港、澳门、台湾及国外地域均属境外。"},
	Fix: Fix{Text: Text{"Move the resource to a region of mainland China (Server Migration Center, CopyImage, Data Transmission Service, or ossutil), then release it. Where it has to stay outside, take it out of the graded system, or have the transfer abroad approved and record an exception.",
		"将资源迁移到中国内地地域（可使用服务器迁移中心、复制镜像、数据传输服务 DTS 或 ossutil）后释放原资源。确需留在境外的，应将其移出定级对象，或依法办理数据出境手续并登记例外。"},
		CLI:       "aliyun ecs CopyImage --RegionId <region> --ImageId <image> --DestinationRegionId cn-hangzhou --DestinationImageName <name>",
		Terraform: `provider "alicloud": region = "cn-hangzhou"`},
	Severity: High, Service: "account", Reads: []string{anyList},
	Clauses:      slices.Concat(direct("8.2.4.5-a", "7.2.4.3-a", "9.2.4.5-a"), partial("8.2.1.1", "7.2.1.1", "9.2.1.1")),
	resourceType: "resource", run: each(regionalResources, resourceInMainland),
}}

// regionalResources are all resources that lie in a region at all.
func regionalResources(a *cloud.Account) []*cloud.Resource {
	return slices.DeleteFunc(a.Resources(), func(x *cloud.Resource) bool { return x.Region == "" })
}

func resourceInMainland(s *see, x *cloud.Resource) verdict {
	const field = "RegionId"
	switch placeOf(x.Region) {
	case inside:
		s.saw(x.From, field, x.Region)
		return pass()
	case outside:
		s.saw(x.From, field, x.Region)
		return fail("it lies in %s, outside mainland China", "资源位于 %s，不在中国内地", x.Region)
	}
	s.unclear(x.From, field, x.Region)
	return verdict{}
}

// A place says on which side of the border a region lies.
type place int

const (
	unknownPlace place = iota
	inside
	outside
)

// mainlandPlaces are the second words of the region ids of mainland China. The
// first is cn; what comes after is a finance or government cloud, a partner's
// site, or an edge of the same place: cn-shanghai-finance-1, cn-wuhan-lr,
// cn-zhengzhou-jva. The last lines are regions by other names.
var mainlandPlaces = []string{
	"qingdao", "beijing", "zhangjiakou", "zhangbei", "huhehaote", "wulanchabu", "hangzhou", "shanghai",
	"nanjing", "fuzhou", "fujian", "wuhan", "zhengzhou", "shenzhen", "heyuan", "guangzhou", "chengdu",
	"haidian", "zhongwei",
	"north",                           // cn-north-2-gov-1, the government cloud in Beijing
	"hzfinance", "hzjbp", "szfinance", // OSS of the finance cloud in Hangzhou and Shenzhen
}

// foreignPrefixes begin the ids of all regions outside mainland China.
var foreignPrefixes = []string{"cn-hongkong", "cn-macau", "cn-macao", "cn-taiwan", "cn-taipei",
	"ap-", "us-", "eu-", "me-", "na-", "sa-", "af-", "rus-"}

// placeOf is where a region lies. One that is not known is neither inside nor
// outside: a new region may be either.
func placeOf(region string) place {
	if slices.ContainsFunc(foreignPrefixes, func(p string) bool { return strings.HasPrefix(region, p) }) {
		return outside
	}
	words := strings.Split(region, "-")
	if region == "rg-china-mainland" || len(words) >= 2 && words[0] == "cn" && slices.Contains(mainlandPlaces, words[1]) {
		return inside
	}
	return unknownPlace
}
