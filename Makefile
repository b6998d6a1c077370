.PHONY: check coverage

check:
	.ci/run

coverage:
	python docs/make_coverage.py
