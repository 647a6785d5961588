# What a newcomer and CI run. `make demo` and `make test` need Go alone, and
# test also Chromium (Debian: chromium) and Node.js for what it checks with them.

GO       ?= go
BINARY   := mlpscan
REPORT   := report.html
EVIDENCE := demo.mlpscan
PACK     := demo-evidence.zip

.PHONY: all build demo test interop lint bench docs clean
all: build

build:
	$(GO) build -trimpath -o $(BINARY) ./cmd/mlpscan

# Scans the simulated account over HTTP, prints the table, writes the report.
demo: build
	@rm -f $(EVIDENCE) $(PACK)
	./$(BINARY) scan --demo --config docs/demo.yaml --worksheet docs/demo-answers.xlsx --fail-on never --save $(EVIDENCE) \
		--output html=$(REPORT) --output xlsx=gap.xlsx --output docx=gap.docx
	./$(BINARY) evidence --from $(EVIDENCE) --output $(PACK)
	@echo
	@echo "report:       $(CURDIR)/$(REPORT), and one for each grading object beside it"
	@echo "gap analysis: $(CURDIR)/gap.xlsx, gap.docx"
	@echo "evidence:     $(CURDIR)/$(EVIDENCE), and for an assessor $(PACK)"

test: lint
	$(GO) test -race -timeout 40m ./...
	$(MAKE) interop

# The vendor's own Node.js clients against the simulator.
interop: build
	cd cloud/simulator/interop && npm ci --no-audit --no-fund --silent && MLPSCAN_BIN=$(CURDIR)/$(BINARY) node --test

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w ."; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod tidy -diff

# Known vulnerabilities in what the binary calls. It needs the vulnerability
# database from the network, so it is not part of test.
vuln:
	$(GO) tool govulncheck ./...

bench: build
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 60m ./cmd/mlpscan ./checks

docs: build
	./$(BINARY) checks --format markdown > docs/checks.md
	./$(BINARY) config example > docs/mlpscan.example.yaml
	./$(BINARY) config schema > docs/mlpscan.schema.json

clean:
	rm -f $(BINARY) $(EVIDENCE) $(PACK) report*.html gap*.xlsx gap*.docx
