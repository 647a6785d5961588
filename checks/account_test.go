package checks

import "testing"

func TestPlaceOf(t *testing.T) {
	for region, want := range map[string]place{
		"cn-hangzhou": inside, "cn-hangzhou-finance": inside, "cn-shanghai-finance-1": inside, "cn-shanghai-finance-1-pub": inside,
		"cn-north-2-gov-1": inside, "cn-beijing-gov-1": inside, "cn-wuhan-lr": inside, "cn-zhengzhou-jva": inside,
		"cn-hzfinance": inside, "cn-szfinance": inside, "cn-hzjbp": inside, "rg-china-mainland": inside, "cn-nanjing": inside, "cn-fuzhou": inside,
		"cn-hongkong": outside, "cn-hongkong-finance-pop": outside, "ap-southeast-1": outside, "us-west-1": outside,
		"eu-central-1": outside, "me-central-1": outside, "na-south-1": outside, "rus-west-1-pop": outside,
		"": unknownPlace, "cn": unknownPlace, "cn-": unknownPlace, "cn-atlantis": unknownPlace, "hangzhou": unknownPlace,
		"oss-us-west-1": unknownPlace, "CN-HANGZHOU": unknownPlace, "cn-hangzhouville": unknownPlace,
	} {
		if got := placeOf(region); got != want {
			t.Errorf("placeOf(%q) = %d, want %d", region, got, want)
		}
	}
}
