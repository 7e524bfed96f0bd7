# The table of contents: what can be done with this checkout. Everything works without make, too.
JOBS := $(shell tools/jobs)
TIME ?= 60

all:             ## the program: build/release/relayproof
	cmake --preset release && cmake --build --preset release --target relayproof -j $(JOBS)
dev:             ## program and tests, with sanitizers, in build/dev
	cmake --preset dev && cmake --build --preset dev -j $(JOBS)
test:            ## everything, as ./test does it
	./test
unit: dev        ## the C++ tests alone
	ctest --preset dev -j $(JOBS)
system: dev      ## the tests of the whole program
	RELAYPROOF=$(CURDIR)/build/dev/relayproof /usr/bin/python3 -m unittest discover -s tests/system -p '*_test.py'
lab: all         ## real mail servers in namespaces; needs root
	tests/lab/run --program build/release/relayproof
	tests/lab/end_to_end/run --program build/release/relayproof
	tests/lab/behind/run --program build/release/relayproof
fuzz:            ## one fuzz target: make fuzz TARGET=reply_parser TIME=600
	tools/fuzz $(TARGET) $(TIME)
bench:           ## how fast it is: every benchmark, optimised
	cmake --preset release -DRELAYPROOF_BENCH=ON && cmake --build --preset release --target benchmarks -j $(JOBS)
	for bench in build/release/bench/*_bench; do [ ! -x $$bench ] || $$bench || exit; done
lint:            ## clang-tidy over every file
	JOBS=$(JOBS) tools/tidy --all
check:           ## layers, fuzz targets, links, format
	tools/check-layers && tools/check-fuzz && tools/check-docs && tools/format --check
fmt:             ## formats every *.h and *.cc
	tools/format
package: all     ## the Debian package, in build/package
	cpack --config build/release/CPackConfig.cmake -B build/package
help:            ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 12

.PHONY: all dev test unit system lab fuzz bench lint check fmt package help
