package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"
	"gopkg.in/ini.v1"
)

// cliFile is where the aliyun command line keeps its profiles.
func cliFile() string { return fileAt("ALIBABA_CLOUD_CONFIG_FILE", ".aliyun", "config.json") }

// sharedFile is where the SDKs keep theirs.
func sharedFile() string {
	return fileAt("ALIBABA_CLOUD_CREDENTIALS_FILE", ".alibabacloud", "credentials")
}

func fileAt(env, folder, name string) string {
	if path := os.Getenv(env); path != "" {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "~"
	}
	return filepath.Join(home, folder, name)
}

// fromProfiles is the profile that the environment names, or the current one
// of the aliyun command line, or the default one of the shared file; nil where
// there is none with something in it.
func (s *Source) fromProfiles() (Credential, error) {
	if name := os.Getenv(envProfile); name != "" {
		return s.profile(name)
	}
	conf, err := readCLI()
	if err != nil {
		return nil, err
	}
	if p := conf.profile(conf.Current); p != nil && !p.blank() {
		return s.cliProfile(conf, p, nil)
	}
	section, err := readShared("default")
	if section == nil || err != nil {
		return nil, err
	}
	return s.sharedProfile(section)
}

// profile is the one of this name, from whichever file has it.
func (s *Source) profile(name string) (Credential, error) {
	conf, err := readCLI()
	if err != nil {
		return nil, err
	}
	if p := conf.profile(name); p != nil {
		return s.cliProfile(conf, p, nil)
	}
	section, err := readShared(name)
	if err != nil {
		return nil, err
	}
	if section == nil {
		return nil, fmt.Errorf("%w: %q is neither in %s (%s) nor in %s", ErrUnknownProfile, name, cliFile(), conf.names(), sharedFile())
	}
	return s.sharedProfile(section)
}

// cliConfig is the file of the aliyun command line.
type cliConfig struct {
	Current  string        `json:"current"`
	Profiles []*cliProfile `json:"profiles"`
}

// cliProfile is what we need of a profile; the vendor's library reads the rest.
type cliProfile struct {
	file       string // where it stands
	Name       string `json:"name"`
	Mode       string `json:"mode"`
	ID         string `json:"access_key_id"`
	Secret     string `json:"access_key_secret"`
	Token      string `json:"sts_token"`
	RoleARN    string `json:"ram_role_arn"`
	Session    string `json:"ram_session_name"`
	ExternalID string `json:"external_id"`
	Seconds    int    `json:"expired_seconds"`
	STSRegion  string `json:"sts_region"`
	Policy     string `json:"policy"`
	Source     string `json:"source_profile"`
	ECSRole    string `json:"ram_role_name"`
	URI        string `json:"credentials_uri"`
}

// readCLI reads the file; one that is not there is empty. Nothing of what it
// holds goes into an error.
func readCLI() (*cliConfig, error) {
	conf := &cliConfig{}
	if strings.ToLower(os.Getenv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED")) == "true" {
		return conf, nil
	}
	b, err := os.ReadFile(cliFile())
	if errors.Is(err, fs.ErrNotExist) {
		return conf, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	if err := json.Unmarshal(b, conf); err != nil {
		return nil, fmt.Errorf("%w: %s is not the JSON that aliyun configure writes", ErrProfile, cliFile())
	}
	for _, p := range conf.Profiles {
		if p != nil {
			p.file = cliFile()
		}
	}
	return conf, nil
}

func (c *cliConfig) profile(name string) *cliProfile {
	for _, p := range c.Profiles {
		if p != nil && p.Name == name {
			return p
		}
	}
	return nil
}

// names lists the profiles that there are, to choose another.
func (c *cliConfig) names() string {
	var list []string
	for _, p := range c.Profiles {
		if p != nil {
			list = append(list, p.Name)
		}
	}
	if len(list) == 0 {
		return "which has none"
	}
	return "which has " + strings.Join(list, ", ")
}

// blank is the profile that the command line writes before it is configured.
func (p *cliProfile) blank() bool {
	return (p.Mode == "" || p.Mode == "AK") && p.ID == "" && p.Secret == ""
}

// keys are a profile's own, both halves of them.
func (p *cliProfile) keys() (Credential, error) {
	if p.ID == "" || p.Secret == "" {
		return nil, p.bad(ErrHalfCredential, "it has no "+map[bool]string{true: "access_key_id", false: "access_key_secret"}[p.ID == ""])
	}
	return Static(p.ID, p.Secret, p.Token), nil
}

func (p *cliProfile) bad(why error, what string) error {
	return fmt.Errorf("%w: profile %q in %s: %s", why, p.Name, p.file, what)
}

func (p *cliProfile) role() Role {
	return Role{ARN: p.RoleARN, ExternalID: p.ExternalID, Session: p.Session, Policy: p.Policy, Region: p.STSRegion,
		Duration: time.Duration(p.Seconds) * time.Second}
}

// cliProfile makes a credential of a profile. Roles are assumed by us, over the
// one transport; what else takes asking is left to the vendor's library.
// before are the profiles that led here.
func (s *Source) cliProfile(conf *cliConfig, p *cliProfile, before []string) (Credential, error) {
	switch p.Mode {
	case "", "AK":
		p.Token = ""
		return p.keys()
	case "StsToken":
		if p.Token == "" {
			return nil, p.bad(ErrHalfCredential, "it has no sts_token")
		}
		return p.keys()
	case "RamRoleArn":
		base, err := p.keys()
		return s.inRole(base, err, p)
	case "ChainableRamRoleArn":
		base, err := s.sourceProfile(conf, p, before)
		return s.inRole(base, err, p)
	case "RamRoleArnWithRoleName":
		base, err := p.fromLibrary(providers.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName(p.ECSRole).Build())
		return s.inRole(base, err, p)
	case "EcsRamRole":
		return p.fromLibrary(providers.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName(p.ECSRole).Build())
	case "CredentialsURI":
		return p.fromLibrary(providers.NewURLCredentialsProviderBuilder().WithUrl(p.URI).Build())
	case "OIDC", "CloudSSO", "OAuth", "External":
		return p.fromLibrary(providers.NewCLIProfileCredentialsProviderBuilder().WithProfileFile(cliFile()).WithProfileName(p.Name).Build())
	}
	return nil, p.bad(ErrProfile, fmt.Sprintf("mode %q is not supported", p.Mode))
}

// inRole is a profile's role, assumed by its base.
func (s *Source) inRole(base Credential, err error, p *cliProfile) (Credential, error) {
	if err != nil {
		return nil, err
	}
	role := p.role()
	if err := role.check(); err != nil {
		return nil, p.bad(ErrProfile, err.Error())
	}
	return s.assume(base, role), nil
}

// sourceProfile is the profile whose identity assumes the role of another.
func (s *Source) sourceProfile(conf *cliConfig, p *cliProfile, before []string) (Credential, error) {
	for _, name := range before {
		if name == p.Name {
			return nil, p.bad(ErrProfile, "its source_profile leads back to itself")
		}
	}
	source := conf.profile(p.Source)
	if source == nil {
		return nil, p.bad(ErrUnknownProfile, fmt.Sprintf("there is no source_profile %q", p.Source))
	}
	return s.cliProfile(conf, source, append(before, p.Name))
}

// fromLibrary takes the result of one of the library's builders.
func (p *cliProfile) fromLibrary(provider providers.CredentialsProvider, err error) (Credential, error) {
	if err != nil {
		return nil, p.bad(ErrProfile, Keys{}.redact(err.Error()))
	}
	return &library{name: fmt.Sprintf("profile %q in %s", p.Name, p.file), provider: provider}, nil
}

// readShared finds a section of the shared file; nil where there is none.
func readShared(name string) (*ini.Section, error) {
	b, err := os.ReadFile(sharedFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	f, err := ini.Load(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not an INI file", ErrProfile, sharedFile())
	}
	if !f.HasSection(name) {
		return nil, nil
	}
	return f.Section(name), nil
}

// sharedModes are the types of the shared file in the words of the other.
var sharedModes = map[string]string{"access_key": "AK", "sts": "StsToken", "ecs_ram_role": "EcsRamRole", "ram_role_arn": "RamRoleArn"}

// sharedProfile makes a credential of a section of the shared file.
func (s *Source) sharedProfile(section *ini.Section) (Credential, error) {
	get := func(key string) string { return section.Key(key).String() }
	p := &cliProfile{file: sharedFile(), Name: section.Name(), ID: get("access_key_id"), Secret: get("access_key_secret"), Token: get("security_token"),
		RoleARN: get("role_arn"), Session: get("role_session_name"), Policy: get("policy"), ECSRole: get("role_name")}
	if p.Mode = sharedModes[get("type")]; p.Mode == "" {
		return nil, p.bad(ErrProfile, fmt.Sprintf("type %q is not supported", get("type")))
	}
	return s.cliProfile(nil, p, nil)
}
