package cloud

import (
	"encoding/json"
	"strings"
)

// everyImageStatus is asked for because DescribeImages otherwise lists
// available images alone, and an image is shared whatever its status.
const everyImageStatus = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated"

func readImages(r *reader, region string) {
	l := r.lean("ecs", region)
	var found []*Image
	req := Request{Service: "ecs", Region: region, Action: "DescribeImages",
		Params: map[string]string{"ImageOwnerAlias": "self", "Status": everyImageStatus}}
	r.listed(req, byNumber(100), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeImages(l, body, from)
		if err == nil {
			found = append(found, list...)
		}
		return p, err
	})
	r.each(len(found), func(i int) {
		if x := found[i]; x.IsPublic == nil || !*x.IsPublic {
			x.Sharing = readImageSharing(r, region, x.ID)
		}
	})
	r.add(func(a *Account) { a.ECS.Images = append(a.ECS.Images, found...) })
}

func decodeImages(l *lean, body []byte, from *Origin) ([]*Image, page, error) {
	var doc struct {
		TotalCount *looseInt
		Images     struct {
			Image *[]struct {
				ImageId, ImageName, ResourceGroupId string
				IsPublic                            *looseBool
				IsSelfShared                        json.RawMessage // "True", or "" where it is not
				Tags                                ecsTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Images.Image == nil {
		return nil, page{}, absent("Images.Image")
	}
	var list []*Image
	for _, i := range *doc.Images.Image {
		if i.ImageId == "" {
			return nil, page{}, absent("ImageId")
		}
		x := &Image{Resource: l.resource("ecs.image", "image", i.ImageId, i.ImageName, from),
			IsPublic: flag(i.IsPublic), IsSelfShared: strings.EqualFold(strings.Trim(string(i.IsSelfShared), `"`), "true")}
		x.ResourceGroupID, x.Tags = l.text(i.ResourceGroupId), l.tags(i.Tags.Tag)
		list = append(list, x)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

// readImageSharing reads to its end whom an image is shared with.
func readImageSharing(r *reader, region, id string) Fact[ImageSharing] {
	var f Fact[ImageSharing]
	req := Request{Service: "ecs", Region: region, Action: "DescribeImageSharePermission", Params: map[string]string{"ImageId": id}}
	e := r.list(req, byNumber(100), func(body []byte, from *Origin) (page, error) {
		s, p, err := decodeImageSharing(body)
		f.Value.Accounts = append(f.Value.Accounts, s.Accounts...)
		f.Value.Groups = append(f.Value.Groups, s.Groups...)
		if f.From == nil {
			f.From = from
		}
		return p, err
	})
	if e != nil {
		e.Resource = id
		r.miss(e)
		return Fact[ImageSharing]{Missing: e}
	}
	return f
}

// decodeImageSharing reads one page. Groups count with the accounts, since
// TotalCount counts accounts and there is no telling whether it counts groups.
func decodeImageSharing(body []byte) (ImageSharing, page, error) {
	var doc struct {
		TotalCount *looseInt
		Accounts   struct {
			Account *[]struct{ AliyunId looseText }
		}
		ShareGroups struct {
			ShareGroup *[]struct{ Group string }
		}
	}
	var s ImageSharing
	if err := json.Unmarshal(body, &doc); err != nil {
		return s, page{}, err
	}
	switch {
	case doc.Accounts.Account == nil:
		return s, page{}, absent("Accounts.Account")
	case doc.ShareGroups.ShareGroup == nil:
		return s, page{}, absent("ShareGroups.ShareGroup")
	}
	for _, a := range *doc.Accounts.Account {
		if a.AliyunId == "" {
			return s, page{}, absent("AliyunId")
		}
		s.Accounts = append(s.Accounts, string(a.AliyunId))
	}
	for _, g := range *doc.ShareGroups.ShareGroup {
		if g.Group == "" {
			return s, page{}, absent("Group")
		}
		s.Groups = append(s.Groups, g.Group)
	}
	p, err := counted(len(s.Accounts)+len(s.Groups), doc.TotalCount)
	return s, p, err
}
